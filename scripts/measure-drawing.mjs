// Measures `<weft-arcs>` with a dense sentence: 200 entities and 100 relations. Prints how long the
// drawing takes, how the measured widths compare with what is drawn, and the frames while
// scrolling. Run it after `npm run build`.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { startBrowser } from "./start-browser.mjs";

const element = readFileSync(new URL("../packages/server/page/weft-arcs.js", import.meta.url));
const server = createServer(({ url }, response) => {
  const script = url === "/weft-arcs.js";
  response.setHeader("content-type", script ? "text/javascript" : "text/html");
  response.end(
    script
      ? element
      : "<!doctype html><title>Dense</title><script type=module src=/weft-arcs.js></script><weft-arcs></weft-arcs>",
  );
});
await new Promise((listening) => server.listen(0, "127.0.0.1", () => listening(undefined)));
const address = server.address();
const browser = await startBrowser();
try {
  const page = await browser.newPage({ viewport: { width: 960, height: 800 } });
  await page.goto(`http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/`);
  await page.waitForFunction("customElements.get('weft-arcs') !== undefined");
  console.log(await page.evaluate(measure));
} finally {
  await browser.close();
  server.close();
}

/** Runs in the page. */
function measure() {
  const pool = "the compound inhibits binding of Marta Lindqvist receptor in Bergen and Wolverhampton willow kinase".split(" ");
  const types = ["PERSON", "ORGANIZATION", "LOCATION", "GENE_OR_GENE_PRODUCT", "DATE"];
  let seed = 7;
  const random = (/** @type {number} */ below) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  /** @type {string[]} */
  const tokens = [];
  const entities = Array.from({ length: 200 }, (_, index) => {
    const start = tokens.length;
    const end = start + 1 + random(2);
    for (let more = end - start + 1 + random(3); more > 0; more--) tokens.push(pool[random(pool.length)] ?? "");
    return { start, end, type: types[index % types.length] };
  });
  const relations = Array.from({ length: 100 }, (_, index) => {
    const head = random(200);
    const tail = (head + 1 + random(8)) % 200;
    return { head, tail, type: ["works_for", "inhibits", "located_in"][index % 3] };
  });
  const drawing = document.querySelector("weft-arcs");
  if (drawing === null) throw new Error("the element is missing");
  const begun = performance.now();
  Object.assign(drawing, { document: { tokens, entities, relations } });
  return new Promise((resolve) => {
    requestAnimationFrame(() => {
      const drawMs = performance.now() - begun;
      const words = /** @type {SVGTextElement[]} */ ([...(drawing.shadowRoot?.querySelectorAll(".weft-word") ?? [])]);
      const pen = document.createElement("canvas").getContext("2d");
      const ratios = words.map((word) => {
        const { fontWeight, fontSize, fontFamily } = getComputedStyle(word);
        if (pen === null) return 1;
        pen.font = `${fontWeight} ${fontSize} ${fontFamily}`;
        return pen.measureText(word.textContent ?? "").width / word.getComputedTextLength();
      });
      const place = words[0]?.getBoundingClientRect();
      /** @type {number[]} */
      const frames = [];
      let last = performance.now();
      const scroll = () => {
        const now = performance.now();
        frames.push(now - last);
        last = now;
        scrollBy(0, 40);
        if (frames.length < 120) requestAnimationFrame(scroll);
        else {
          frames.sort((a, b) => a - b);
          const [middle = 0, late = 0] = [frames[60], frames[113]];
          resolve({
            drawMs: Math.round(drawMs),
            widthRatio: { min: Math.min(...ratios).toFixed(3), max: Math.max(...ratios).toFixed(3) },
            firstWord: { left: Math.round(place?.left ?? 0), top: Math.round(place?.top ?? 0) },
            frameMs: { median: middle.toFixed(1), p95: late.toFixed(1) },
          });
        }
      };
      requestAnimationFrame(scroll);
    });
  });
}
