import { availableParallelism } from "node:os";
import { defaultServerConditions } from "vite";
import { defineConfig } from "vitest/config";

// Workspace packages resolve to their sources, so that a test never reads a stale build. What
// packages offer bundlers as "module" is not always what Node can load, and nothing is bundled
// here.
const conditions = ["weft-source", ...defaultServerConditions.filter((name) => name !== "module")];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: [
      "examples/**/*.test.mjs",
      "packages/*/src/**/*.test.ts",
      "apps/*/src/**/*.test.ts",
      "test/**/*.test.ts",
      "bench/**/*.test.ts",
    ],
    // vitest leaves one core free, so that it would use one of two.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // How long a machine takes decides no test: these only end what hangs, and no test has limits
    // of its own.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
  },
});
