import { defaultClientConditions, defineConfig } from "vite";

/**
 * The page as files that any server can hand out, under any path; `npm run build` puts them into
 * the server's package.
 */
export default defineConfig({
  root: import.meta.dirname,
  base: "./",
  // Packages of this repository come from their sources, so that the page never holds a stale
  // build.
  resolve: { conditions: ["weft-source", ...defaultClientConditions] },
  worker: { format: "es" },
  build: {
    outDir: "../../packages/server/page",
    emptyOutDir: true,
    target: "es2023",
    // The server's content policy allows nothing that stands inside the document.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1000,
    // How long a plugin took is no news on a busy machine.
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  // The page's requests go to a `weft serve` that runs beside the development server.
  server: { proxy: { "/v1": process.env["WEFT_SERVER"] ?? "http://127.0.0.1:7433" } },
});
