import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accessibilityFaults, launch, noBrowser, root } from "./browser.ts";

const why = noBrowser === "" ? "" : ` (skipped: ${noBrowser})`;

/**
 * A foreign page: the example in docs/page.md under a content policy that allows only its own
 * files.
 */
const example = readFileSync(join(root, "docs/page.md"), "utf8").match(/```html\n([^]*?)```/)?.[1] ?? "";
const [, script = ""] = example.match(/<script type="module">\n([^]*?)<\/script>/) ?? [];
const files: Readonly<Record<string, readonly [type: string, content: string]>> = {
  "/": [
    "text/html",
    `<!doctype html><html lang="en"><title>Example</title><main><h1>Example</h1>${example.replace(/<script type="module">[^]*<\/script>/, '<script type="module" src="example.js"></script>')}</main></html>`,
  ],
  "/example.js": [
    "text/javascript",
    `${script}\nwindow.heard = [];\ndrawing.addEventListener("weft-select", ({ detail }) => window.heard.push(detail));`,
  ],
  "/weft-arcs.js": ["text/javascript", readFileSync(join(root, "packages/server/page/weft-arcs.js"), "utf8")],
};

describe.skipIf(noBrowser !== "")(`the element weft-arcs alone${why}`, () => {
  let browser: Browser;
  let server: Server;
  beforeAll(async () => {
    browser = await launch();
    server = createServer(({ url = "" }, response) => {
      const file = files[url];
      response.writeHead(file === undefined ? 404 : 200, {
        "content-type": `${file?.[0] ?? "text/plain"}; charset=utf-8`,
        "content-security-policy": "default-src 'self'",
      });
      response.end(file?.[1] ?? "");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  async function open(): Promise<{ page: Page; faults: string[] }> {
    const page = await browser.newPage();
    const faults: string[] = [];
    page.on(
      "console",
      (message) => void (message.type() === "error" && !message.text().includes("favicon") && faults.push(message.text())),
    );
    page.on("pageerror", (error) => faults.push(error.message));
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.locator("weft-arcs svg").waitFor();
    return { page, faults: faults.filter((fault) => !fault.includes("404")) };
  }

  test("the documented example works in a page with a strict policy, and reports the selection", async () => {
    const { page, faults } = await open();
    await expect.poll(() => page.locator("weft-arcs [role=button]").count()).toBe(3);
    await page.locator("weft-arcs [data-part='relation:0'] text").click();
    await page.locator("weft-arcs [data-part='relation:0'] text").click();
    await expect.poll(() => page.evaluate("window.heard")).toEqual([{ kind: "relation", index: 0 }, null]);
    await expect.poll(() => accessibilityFaults(page)).toEqual([]);
    expect(faults).toEqual([]);
  });

  test("attributes work: the threshold hides parts, a new document is drawn, and an invalid one is reported", async () => {
    const { page, faults } = await open();
    const set = (name: string, value: string): Promise<unknown> =>
      page.evaluate(`document.querySelector("weft-arcs").setAttribute(${JSON.stringify(name)}, ${JSON.stringify(value)})`);
    await set("threshold", "0.95");
    await expect.poll(() => page.locator("weft-arcs [data-relation]").count()).toBe(0);
    await set(
      "document",
      JSON.stringify({ text: "שלום", tokens: [{ text: "שלום", start: 0, end: 4 }], entities: [], relations: [] }),
    );
    await page.locator("weft-arcs .rtl").waitFor({ state: "attached" });
    await set("document", "{");
    await expect.poll(() => page.locator("weft-arcs .fault").innerText()).toMatch(/not valid JSON/);
    await set("document", JSON.stringify({ text: "x", tokens: [], entities: [{ start: 0, end: 1, type: "A" }], relations: [] }));
    await expect.poll(() => page.locator("weft-arcs .fault").innerText()).toMatch(/SPAN_OUTSIDE/);
    expect(faults).toEqual([]);
  });

  test("a changed drawing keeps the keyboard focus", async () => {
    const { page, faults } = await open();
    const focused = page.locator("weft-arcs [data-part='entity:1']:focus");
    await page.locator("weft-arcs [data-part='entity:0']").first().focus();
    await page.keyboard.press("ArrowRight");
    await focused.waitFor();
    await page.evaluate("document.querySelector('weft-arcs').setAttribute('threshold', '0.95')");
    await expect.poll(() => page.locator("weft-arcs [data-relation]").count()).toBe(0);
    await focused.waitFor();
    expect(faults).toEqual([]);
  });

  test("a document set before the element is defined is drawn later", async () => {
    const { page } = await open();
    await page.setContent("<main><h1>Example</h1></main>");
    await page.evaluate(`
      const late = document.createElement("weft-arcs-late");
      late.document = { text: "Ada", tokens: [{ text: "Ada", start: 0, end: 3 }], entities: [{ start: 0, end: 1, type: "PER" }], relations: [] };
      document.querySelector("main").append(late);
      customElements.define("weft-arcs-late", class extends customElements.get("weft-arcs") {});
    `);
    await page.locator("weft-arcs-late [data-entity]").waitFor();
  });

  test("200 entities and 100 relations are drawn at once, from the top left, in the words' own width", async () => {
    const { page, faults } = await open();
    const drawn = await page.evaluate<Readonly<Record<"entities" | "relations" | "left" | "top" | "min" | "max", number>>>(`
      (async () => {
        const tokens = Array.from({ length: 600 }, (_, index) => ["Wolverhampton", "in", "kinase", "Minneapolis"][index % 4]);
        const entities = Array.from({ length: 200 }, (_, index) => ({ start: 3 * index, end: 3 * index + 2, type: "GENE_OR_GENE_PRODUCT" }));
        const relations = Array.from({ length: 100 }, (_, index) => ({ head: index, tail: (7 * index + 9) % 200, type: "inhibits" }));
        const drawing = document.querySelector("weft-arcs");
        drawing.document = { tokens, entities, relations };
        await new Promise(requestAnimationFrame);
        const words = [...drawing.shadowRoot.querySelectorAll(".weft-word")];
        const frame = drawing.getBoundingClientRect();
        const { left, top } = words[0].getBoundingClientRect();
        const pen = document.createElement("canvas").getContext("2d");
        const ratios = words.map((word) => {
          const { fontWeight, fontSize, fontFamily } = getComputedStyle(word);
          pen.font = [fontWeight, fontSize, fontFamily].join(" ");
          return word.getComputedTextLength() / pen.measureText(word.textContent).width;
        });
        const count = (kind) => new Set([...drawing.shadowRoot.querySelectorAll("[data-" + kind + "]")].map((part) => part.dataset[kind])).size;
        return {
          entities: count("entity"), relations: count("relation"), left: left - frame.left, top: top - frame.top,
          min: Math.min(...ratios), max: Math.max(...ratios),
        };
      })()
    `);
    expect(drawn).toMatchObject({ entities: 200, relations: 100 });
    expect(drawn.left).toBeLessThan(60);
    expect(drawn.top).toBeLessThan(250);
    expect(drawn.min).toBeGreaterThan(0.97);
    expect(drawn.max).toBeLessThan(1.03);
    expect(faults).toEqual([]);
  });

  test("it draws to the width of its container, and redraws when that changes", async () => {
    const { page } = await open();
    await page.evaluate(
      `document.querySelector("weft-arcs").document = { text: "a word ".repeat(80), tokens: [], entities: [], relations: [] }`,
    );
    const height = (): Promise<number> => page.locator("weft-arcs svg").evaluate((svg) => svg.clientHeight);
    await expect.poll(height).toBeGreaterThan(50);
    const wide = await height();
    await page.setViewportSize({ width: 400, height: 700 });
    await expect.poll(height).toBeGreaterThan(wide);
    await expect.poll(() => page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
  });
});
