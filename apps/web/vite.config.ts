import { defaultClientConditions, defineConfig } from "vite";

/**
 * Builds the page as static files for any server and path; `npm run build` puts them into the
 * server package.
 */
export default defineConfig({
  root: import.meta.dirname,
  base: "./",
  // Import the packages of this repository from source, so the page never contains a stale build.
  resolve: { conditions: ["weft-source", ...defaultClientConditions] },
  worker: { format: "es" },
  build: {
    outDir: "../../packages/server/page",
    emptyOutDir: true,
    target: "es2023",
    // The server's content policy forbids inline assets.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1400,
    // Plugin timings are noise on a busy machine.
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  // Proxy the page's requests to a running `weft serve`.
  server: { proxy: { "/v1": process.env["WEFT_SERVER"] ?? "http://127.0.0.1:7433" } },
});
