/**
 * Measures how long `Extractor.open` and the first sentence take in headless Chromium, with nothing
 * in its caches, over a line of 1.2 MB/s: medians of rounds.
 *
 * `node scripts/measure-opening.mjs [rounds] [folder of the bundle]`
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { startBrowser } from "./start-browser.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const rounds = Number(process.argv[2] ?? 9);
const bundle = process.argv[3] ?? join(root, "packages/weft/dist/page");
const types = /** @type {Record<string, string>} */ ({ ".js": "text/javascript", ".wasm": "application/wasm" });
const shell = '<script type="module">import * as weft from "/index.js"; window.weft = weft;</script>';
const bytesPerSecond = 1_200_000;

const server = createServer(({ url = "/" }, answer) => {
  const folder = url.startsWith("/model/") ? join(root, "examples/model") : bundle;
  try {
    const body = gzipSync(url === "/" ? shell : readFileSync(join(folder, url.split("/").at(-1) ?? "")));
    const type = url === "/" ? "text/html" : (types[extname(url)] ?? "application/octet-stream");
    answer.writeHead(200, { "content-type": type, "content-encoding": "gzip" }).end(body);
  } catch {
    answer.writeHead(404).end();
  }
});
await new Promise((listening) => void server.listen(0, "127.0.0.1", () => listening(undefined)));
const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
const browser = await startBrowser();
/** @type {{ opening: number[], first: number[] }} */
const times = { opening: [], first: [] };
for (let round = 0; round <= rounds; round++) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", {
    ...{ offline: false, latency: 20, downloadThroughput: bytesPerSecond, uploadThroughput: bytesPerSecond },
  });
  await page.goto(`http://127.0.0.1:${port}/`);
  await page.waitForFunction("window.weft !== undefined");
  /** @type {number[]} */
  const [opening, first] = await page.evaluate(`(async () => {
    const start = performance.now();
    const extractor = await window.weft.Extractor.open("/model/", { cache: false });
    const opened = performance.now();
    await extractor.text("Mara Voss founded Kettle Robotics.");
    return [opened - start, performance.now() - opened];
  })()`);
  // The first round starts the browser's processes.
  if (round > 0) times.opening.push(opening ?? 0);
  if (round > 0) times.first.push(first ?? 0);
  await context.close();
}
for (const [name, values] of Object.entries(times)) {
  const [least, middle, most] = [0, values.length >> 1, values.length - 1].map((place) =>
    Math.round(values.toSorted((a, b) => a - b)[place] ?? 0),
  );
  console.log(`${name}: ${middle} ms (${least}–${most})`);
}
await browser.close();
server.close();
