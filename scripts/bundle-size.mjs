/**
 * Prints the size of `weft-nlp/browser`: what a page loads, what its worker loads, and the kernels,
 * of which one build is fetched. `test/packages/bundle.test.ts` holds a budget against it.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = join(root, "packages/weft/dist/page");

/** @returns {{ page: number, worker: number, kernels: number }} bytes, gzipped */
export function bundleSize() {
  const [page = 0, worker = 0, ...kernels] = [
    "index.js",
    "extract-worker.js",
    "kernels-relaxed.wasm",
    "kernels-baseline.wasm",
  ].map((name) => gzipSync(readFileSync(join(folder, name))).length);
  return { page, worker, kernels: Math.max(...kernels) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { page, worker, kernels } = bundleSize();
  console.log(`weft-nlp/browser, bytes gzipped: page ${page}, worker ${worker}, kernels ${kernels}`);
}
