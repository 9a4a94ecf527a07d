/**
 * The part of the suite that needs no browser, no store and few minutes: for every Node and every
 * system. Arguments go to vitest. `npm run test:quick` builds first.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const parts = [
  "packages/tensor/src",
  "packages/native/src",
  "packages/core/src/schema",
  "packages/core/src/text",
  "packages/core/src/vocabulary",
  "packages/core/src/metrics",
  "packages/core/src/formats",
  "packages/core/src/models/rin",
  "packages/core/src/training",
  "packages/draw/src",
  "packages/api/src",
  "packages/node/src/files",
  "packages/node/src/extractor",
  "packages/node/src/plugins",
  "test/e2e/cli-start.test.ts",
  "test/e2e/cli-usage.test.ts",
  "test/e2e/kernels.test.ts",
  "test/packages/exports.test.ts",
  "test/server/extract.test.ts",
];

const { status } = spawnSync(process.execPath, ["scripts/run-tests.mjs", ...parts, ...process.argv.slice(2)], {
  cwd: fileURLToPath(new URL("..", import.meta.url)),
  stdio: "inherit",
});
process.exitCode = status ?? 1;
