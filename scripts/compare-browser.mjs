/**
 * Compares `weft-nlp/browser` in headless Chromium with `weft-nlp` on Node, in one run: sentences
 * per second of `examples/model` on the bundled corpus, one thread each, in turn.
 *
 * `node scripts/compare-browser.mjs [rounds]`
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Extractor } from "weft-nlp";
import { startBrowser } from "./start-browser.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const rounds = Number(process.argv[2] ?? 5);
const lines = readFileSync(join(root, "examples/corpus/test.jsonl"), "utf8").trimEnd().split("\n");
const texts = lines.map((line) => /** @type {string} */ (JSON.parse(line).tokens.join(" ")));
const many = Array.from({ length: 10 }, () => texts).flat();

const types = /** @type {Record<string, string>} */ ({ ".js": "text/javascript", ".wasm": "application/wasm" });
const shell = '<script type="module">import * as weft from "/index.js"; window.weft = weft;</script>';
const server = createServer(({ url = "/" }, answer) => {
  const folder = url.startsWith("/model/") ? "examples/model" : "packages/weft/dist/page";
  answer.setHeader("content-type", url === "/" ? "text/html" : (types[extname(url)] ?? "application/octet-stream"));
  try {
    answer.end(url === "/" ? shell : readFileSync(join(root, folder, url.split("/").at(-1) ?? "")));
  } catch {
    answer.writeHead(404).end();
  }
});
await new Promise((listening) => void server.listen(0, "127.0.0.1", () => listening(undefined)));
const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
const browser = await startBrowser();
const page = await browser.newPage();
await page.goto(`http://127.0.0.1:${port}/`);
await page.waitForFunction("window.weft !== undefined");
const kernels = await page.evaluate(
  "(async () => (window.extractor = await window.weft.Extractor.open('/model/')).facts.kernels)()",
);

const onNode = await Extractor.open(join(root, "examples/model"), {
  threads: 1,
  kernels: kernels === "relaxed" ? "relaxed" : "baseline",
});
const timed = `async (texts) => {
  const start = performance.now();
  for await (const _ of window.extractor.documents(texts)) {}
  return performance.now() - start;
}`;
/** @type {Record<"node" | "browser", number[]>} */
const speeds = { node: [], browser: [] };
const { documentFromText } = await import("weft-nlp");
for (let round = 0; round <= rounds; round++) {
  const inBrowser = Number(await page.evaluate(`(${timed})(${JSON.stringify(many)})`));
  const start = performance.now();
  for await (const _ of onNode.documents(many.map((text, index) => documentFromText(`${index}`, text)))) continue;
  const here = performance.now() - start;
  // The first round compiles.
  if (round === 0) continue;
  speeds.browser.push((1000 * many.length) / inBrowser);
  speeds.node.push((1000 * many.length) / here);
}
/** @param {number[]} values */
const median = (values) => Math.round(values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0);
/** @param {number[]} values */
const range = (values) => `${Math.round(Math.min(...values))}–${Math.round(Math.max(...values))}`;
for (const [name, values] of Object.entries(speeds)) {
  console.log(
    `${name} (${name === "node" ? onNode.model.engine.build : kernels}): ${median(values)} sentences/s (${range(values)})`,
  );
}
await onNode.close();
await browser.close();
server.close();
