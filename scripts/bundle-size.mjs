/**
 * Prints the size of `weft-nlp/browser`: what a page loads, what its worker loads, and the kernels,
 * of which one build is fetched; then what is fetched for the models that need it.
 * `test/packages/bundle.test.ts` holds a budget against the first three.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = join(root, "packages/weft/dist/page");

/**
 * Sizes in bytes, gzipped.
 *
 * @typedef {object} Sizes
 * @property {number} page
 * @property {number} worker
 * @property {number} kernels
 * @property {Record<string, number>} others
 *
 * @returns {Sizes}
 */
export function bundleSize() {
  const sizes = new Map(readdirSync(folder).map((name) => [name, gzipSync(readFileSync(join(folder, name))).length]));
  const [page = 0, worker = 0] = ["index.js", "extract-worker.js"].map((name) => sizes.get(name));
  const named = [...sizes].filter(([name]) => name.endsWith(".js") && name !== "index.js" && name !== "extract-worker.js");
  return {
    page,
    worker,
    kernels: Math.max(...[...sizes].flatMap(([name, size]) => (name.endsWith(".wasm") ? [size] : []))),
    others: Object.fromEntries(named.map(([name, size]) => [name.replace(/-[^.]{8}\.js$/, ""), size])),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { page, worker, kernels, others } = bundleSize();
  console.log(`weft-nlp/browser, bytes gzipped: page ${page}, worker ${worker}, kernels ${kernels}`);
  console.log(
    `only for models that need it: ${Object.entries(others)
      .map((each) => each.join(" "))
      .join(", ")}`,
  );
}
