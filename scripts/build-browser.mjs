/**
 * Bundles `weft-nlp/browser` into `packages/weft/dist/page`, from the build of the packages: a
 * small module for the page, its worker, and one WebAssembly file for each build of the kernels, of
 * which the worker fetches one. They import no package, so they also work without a bundler.
 */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { wasmBuilds } from "../packages/tensor/dist/kernels/wasm.generated.js";
import { browserInput } from "./browser-input.mjs";
import { licences } from "./bundle-licences.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const source = join(root, "packages/weft/dist/browser");
const folder = join(root, "packages/weft/dist/page");

rmSync(folder, { recursive: true, force: true });
/** @type {string[]} */
const modules = [];
for (const input of [{ index: join(source, "index.js") }, { "extract-worker": join(source, "extract-worker.js") }]) {
  const bundle = await rolldown(browserInput(input));
  const { output } = await bundle.write({
    dir: folder,
    format: "esm",
    entryFileNames: "[name].js",
    chunkFileNames: "[name]-[hash].js",
    comments: { legal: true },
    minify: true,
  });
  modules.push(...output.flatMap((one) => (one.type === "chunk" ? one.moduleIds : [])));
}
for (const [name, { private: base64 }] of Object.entries(wasmBuilds)) {
  writeFileSync(join(folder, `kernels-${name}.wasm`), Buffer.from(base64, "base64"));
}
writeFileSync(join(folder, "THIRD-PARTY-LICENSES.txt"), licences(modules));
