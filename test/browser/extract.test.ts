import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { accessibilityFaults, noBrowser, root, stage } from "./browser.ts";
import { readText } from "./read-text.ts";

const why = noBrowser === "" ? "" : ` (skipped: ${noBrowser})`;

describe.skipIf(noBrowser !== "")(`the view Extract${why}`, () => {
  const { open } = stage(["examples/model"]);

  const relationsShown = (page: Page): Promise<number> => page.locator(".sentence .triples li").count();

  test("draws and lists the result, and shows how long it took", async () => {
    const { page, faults } = await open();
    await readText(page, "Mara Voss founded Kettle Robotics in Bremen and still leads it.");
    const drawing = page.locator("weft-arcs").first();
    await expect.poll(() => drawing.locator("[data-entity]").count()).toBe(3);
    await drawing.getByRole("button", { name: /Mara Voss → founded → Kettle Robotics, confidence 0\.\d\d/ }).waitFor();
    await expect.poll(() => page.locator(".triples").innerText()).toMatch(/Mara Voss founded Kettle Robotics\s+0\.\d\d/);
    await expect
      .poll(() => page.locator(".numbers").innerText())
      .toMatch(/^1 sentence · 3 entities · 3 relations · [\d.]+ m?s with model · [\d,]+ tokens\/s$/);
    expect(faults).toEqual([]);
  });

  test("is accessible, light and dark, as text and as graph, wide and narrow", async () => {
    for (const [colorScheme, width] of [
      ["light", 1200],
      ["dark", 380],
    ] as const) {
      const { page, faults } = await open("", { colorScheme, viewport: { width, height: 800 } });
      await readText(page);
      await expect.poll(() => accessibilityFaults(page)).toEqual([]);
      await page.getByRole("button", { name: "Graph" }).click();
      await page.locator(".picture").waitFor();
      await expect.poll(() => accessibilityFaults(page)).toEqual([]);
      await expect.poll(() => page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
      expect(faults).toEqual([]);
    }
  });

  test("sliders and types filter at once, without a new request", async () => {
    const { page } = await open();
    await readText(page);
    const before = await relationsShown(page);
    const asked: string[] = [];
    page.on("request", (request) => request.url().endsWith("/v1/extract") && asked.push(request.url()));
    const slider = page.getByLabel("Relation threshold");
    await slider.fill("0.05");
    await expect.poll(() => relationsShown(page)).toBeGreaterThan(before);
    await slider.fill("1");
    await expect.poll(() => relationsShown(page)).toBe(0);
    await page.getByRole("button", { name: "Model defaults" }).click();
    await expect.poll(() => relationsShown(page)).toBe(before);
    await page.getByRole("group", { name: "Entity types" }).getByRole("button", { name: /^PER/ }).click();
    await expect.poll(() => relationsShown(page)).toBeLessThan(before);
    await expect.poll(() => page.locator(".sentence .entities").allInnerTexts()).not.toContain(expect.stringContaining("PER"));
    expect(asked).toEqual([]);
  });

  test("a keyboard reaches every part of a drawing and of the graph", async () => {
    const { page } = await open();
    await readText(page, "Mara Voss founded Kettle Robotics in Bremen and still leads it.");
    const drawing = page.locator("weft-arcs").first();
    const parts = drawing.locator("[role=button]");
    await parts.first().focus();
    const names: (string | null)[] = [];
    for (let step = 0; step < (await parts.count()); step++) {
      names.push(
        await page.evaluate<string | null>("document.activeElement.shadowRoot.activeElement.getAttribute('aria-label')"),
      );
      await page.keyboard.press("ArrowRight");
    }
    expect(new Set(names).size).toBe(6);
    await page.keyboard.press("End");
    await page.keyboard.press("Enter");
    await expect.poll(() => drawing.getAttribute("selected")).toMatch(/^relation:/);
    await expect.poll(() => drawing.locator("[aria-pressed=true]").count()).toBe(1);
    await page.keyboard.press("Escape");
    await expect.poll(() => drawing.getAttribute("selected")).toBeNull();

    await page.getByRole("button", { name: "Graph" }).click();
    await page.locator(".node[tabindex='0']").focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await expect.poll(() => page.locator(".node[aria-pressed=true]").count()).toBe(1);
    await expect.poll(() => page.locator(".graph .found .quiet").first().innerText()).toMatch(/ with /);
  });

  test("hovering over a list item highlights the arc, and hovering over an arc highlights the item with its confidence", async () => {
    const { page } = await open();
    await readText(page, "Mara Voss founded Kettle Robotics in Bremen and still leads it.");
    await page.locator(".triples li").first().hover();
    await page.locator("weft-arcs [data-part='relation:0'].on").first().waitFor();
    await page.locator("weft-arcs [data-part='entity:2'] rect").hover();
    await expect.poll(() => page.locator(".entities li.on").innerText()).toContain("Bremen");
    await expect.poll(() => page.locator("weft-arcs .tip").innerText()).toMatch(/^LOC: Bremen, confidence/);
  });

  test("markup in a text stays text, in drawings, lists, the graph and exports", async () => {
    const { page, faults } = await open("", { permissions: ["clipboard-read", "clipboard-write"] });
    const hostile =
      '<script>document.title = "gone"</script> & <img src=x onerror="document.title=1"> Mara Voss founded Acme in Bremen.';
    await readText(page, hostile);
    await page.getByLabel("Relation threshold").fill("0.05");
    await page.getByRole("button", { name: "Graph" }).click();
    await page.getByRole("button", { name: "Copy" }).click();
    await expect.poll(() => page.locator(".export [role=status]").innerText()).toBe("Copied");
    await expect.poll(() => page.title()).toBe("Extract · Weft");
    await expect.poll(() => page.locator("main img, main script").count()).toBe(0);
    expect(faults).toEqual([]);
  });

  test("Arabic, Hebrew, Chinese and joined emoji are drawn, each in its direction", async () => {
    const { page, faults } = await open();
    await readText(
      page,
      "سارة أسست شركة النور في القاهرة.\n\nדנה הקימה את אור בע״מ בחיפה.\n\n王小明在上海创办了星河公司。\n\n👩‍👩‍👧 Mara Voss founded Kettle 🤖 in Bremen. 🏳️‍🌈",
    );
    const drawings = page.locator("weft-arcs");
    await expect.poll(() => drawings.locator("svg").count()).toBeGreaterThanOrEqual(4);
    for (const [place, leftward] of [1, 1, 0].entries())
      await expect.poll(() => drawings.nth(place).locator(".rtl svg").count(), { message: `${place}` }).toBe(leftward);
    await expect.poll(() => page.locator("weft-arcs svg[lang=zh]").count()).toBe(1);
    expect(faults).toEqual([]);
  });

  test("a sentence of 10,000 characters with 200 entities is drawn, and can be filtered", async () => {
    const { page, faults } = await open();
    const names = Array.from({ length: 200 }, (_, index) => `Mara Voss of Bremen, who lives in a house by the sea ${index}`);
    await readText(page, `${names.join(" and ").slice(0, 10_500)}.`);
    await expect.poll(() => page.locator("weft-arcs").first().locator("[data-entity]").count()).toBeGreaterThan(200);
    const drawn = await page.locator("weft-arcs").first().locator("[data-entity]").count();
    await page.getByLabel("Entity threshold").fill("0.99");
    await expect.poll(() => page.locator("weft-arcs").first().locator("[data-entity]").count()).toBeLessThan(drawn);
    expect(faults).toEqual([]);
  });

  test("a text of 100 kB is drawn in pieces, near the viewport, and the page stays quick", async () => {
    const { page, faults } = await open();
    const text = "Mara Voss founded Kettle Robotics in Bremen and still leads it. ".repeat(1600);
    await readText(page, text);
    await expect.poll(() => page.locator(".numbers").innerText()).toMatch(/^1,600 sentences/);
    await expect.poll(() => page.locator(".sentence").count()).toBeLessThan(300);
    const drawn = page.locator("weft-arcs svg");
    await drawn.first().waitFor();
    await expect.poll(() => drawn.count()).toBeLessThan(60);
    await page.locator(".more").scrollIntoViewIfNeeded();
    await expect.poll(() => page.locator(".sentence").count()).toBeGreaterThan(50);
    expect(faults).toEqual([]);
  });

  test("a refused request shows its reason, and the next one works", async () => {
    const { page } = await open();
    await readText(page, "Mara Voss founded Kettle Robotics.");
    await page.getByLabel("Text", { exact: true }).fill("x ".repeat(150_000));
    await page.getByRole("button", { name: "Extract", exact: true }).click();
    const alert = page.getByRole("alert");
    await alert.waitFor();
    await expect.poll(() => alert.innerText()).toMatch(/The text has 300000 .*Split the text/s);
    await readText(page, "Mara Voss founded Kettle Robotics.");
    await expect.poll(() => alert.count()).toBe(0);
  });

  test("every format can be copied, and reports what it cannot hold", async () => {
    const { page, faults } = await open("", { permissions: ["clipboard-read", "clipboard-write"] });
    await readText(page);
    await page.locator(".export option[value=parquet]").waitFor({ state: "attached" });
    const formats = await page
      .locator(".export option")
      .evaluateAll((options) => options.map((option) => (option as unknown as { value: string }).value));
    expect(formats.length).toBeGreaterThan(15);
    const said = new Map([
      ["jsonl", /^Copied$/],
      ["annotation-doccano", /^Copied; doccano JSONL cannot hold everything/],
    ]);
    expect(formats).toEqual(expect.arrayContaining(["ntriples", "turtle", "parquet"]));
    for (const format of formats.filter((name) => name !== "parquet")) {
      await page.evaluate("navigator.clipboard.writeText('')");
      await page.locator(".export select").selectOption(format);
      await page.getByRole("button", { name: "Copy" }).click();
      await expect.poll(() => page.evaluate<string>("navigator.clipboard.readText()"), { message: format }).toContain("Bremen");
      await expect.poll(() => page.locator(".export [role=status]").innerText()).toMatch(said.get(format) ?? /^Copied/);
    }
    expect(faults).toEqual([]);
  });

  test("a download holds the shown result, in as many files as the format has", async () => {
    const { page } = await open();
    await readText(page, "Mara Voss founded Kettle Robotics in Bremen and still leads it.");
    const files: string[] = [];
    page.on("download", (download) => files.push(download.suggestedFilename()));
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Download" }).click()]);
    expect(readFileSync(await download.path(), "utf8")).toMatch(/^Mara Voss\tfounded\tKettle Robotics\t0\.\d+/m);
    await page.locator(".export select").selectOption("neo4j-csv");
    await page.getByRole("button", { name: "Download" }).click();
    await expect.poll(() => files).toEqual(["weft.triples", "nodes.csv", "relationships.csv"]);
  });

  test("a model folder opened in the page extracts there, like the server, without requests", async () => {
    const { page, faults } = await open();
    await readText(page);
    const served = await page.locator(".sentences").innerText();
    // The page's own requests, made once.
    await page.locator(".export option[value=parquet]").waitFor({ state: "attached" });
    await page.getByLabel("Model folder").setInputFiles(join(root, "examples/model"));
    await expect.poll(() => page.locator(".text-form select").inputValue()).toBe("model, in this browser");
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    await readText(page);
    await expect.poll(() => page.locator(".numbers").innerText()).toContain("in this browser");
    await expect.poll(() => page.locator(".sentences").innerText()).toBe(served);
    expect(asked).toEqual([]);
    expect(faults).toEqual([]);
  });

  test("a folder without a model is refused with a reason", async () => {
    const { page } = await open();
    await page.getByLabel("Model folder").setInputFiles(join(root, "examples/corpus"));
    await expect.poll(() => page.getByRole("alert").innerText()).toMatch(/The folder has no config\.json/);
  });

  test("the choice of colours is kept, and an unknown address shows the first view", async () => {
    const { page, faults } = await open("#/no-such-view/%E0%A4%A");
    await page.getByLabel("Colours").selectOption("dark");
    await expect.poll(() => page.locator("html").getAttribute("data-theme")).toBe("dark");
    await page.reload();
    await expect.poll(() => page.locator("html").getAttribute("data-theme")).toBe("dark");
    await expect.poll(() => page.locator("nav a[aria-current=page]").innerText()).toBe("Extract");
    expect(faults).toEqual([]);
  });
});
