import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { clickLoop, prepareLoop } from "../../scripts/click-loop.mjs";
import { accessibilityFaults, noBrowser, stage } from "./browser.ts";

const why = noBrowser === "" ? "" : ` (skipped: ${noBrowser})`;
const sentences = 6;

describe.skipIf(noBrowser !== "")(`the loop${why}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "weft-loop-page-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const set = [
    "training.epochs=8",
    "model.rounds=0",
    "model.hiddenSize=8",
    "training.threshold=0.2",
    "training.select=ner-strict",
  ];
  const args = noBrowser === "" ? prepareLoop(folder, { train: 24, dev: 8, more: sentences, set }) : [];
  const { open } = stage(args);

  test("is clicked from the first screen to the corrected model, which is then served", async () => {
    const { page, faults } = await open();
    // It waits for a training, and for both models to read dev.
    page.setDefaultTimeout(280_000);
    await clickLoop(page, { sentences });
    expect(faults).toEqual([]);
  });

  test("is accessible, light and dark, wide and narrow", async () => {
    for (const [colorScheme, width] of [
      ["light", 1200],
      ["dark", 380],
    ] as const) {
      const { page, faults } = await open("#/correct/more", { colorScheme, viewport: { width, height: 800 } });
      await page.locator(".verdict-card").waitFor();
      await expect.poll(() => accessibilityFaults(page)).toEqual([]);
      await expect.poll(() => page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
      await page.getByRole("link", { name: "Extract", exact: true }).click();
      await page.locator("summary", { hasText: "What demo knows" }).click();
      await page.getByText("It is the run").waitFor();
      await expect.poll(() => accessibilityFaults(page)).toEqual([]);
      await expect.poll(() => page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
      expect(faults).toEqual([]);
    }
  });

  test("a file is dropped, and a reload of its address shows the same; a key opens the list of keys", async () => {
    const { page, faults } = await open();
    const text = "Mara Voss founded Kettle Robotics in Bremen.";
    const html = join(folder, "note.html");
    writeFileSync(html, `<title>x</title><script>alert(1)</script><p>${text}`);
    await page.getByLabel("Files to read").setInputFiles(html);
    await expect.poll(() => page.getByLabel("Text", { exact: true }).inputValue()).toContain(text);
    await page.getByLabel("Entity threshold").fill("0.4");
    await expect.poll(() => page.url()).toMatch(/text=.*entities=0\.4/);
    await page.reload();
    await page.locator(".sentence").first().waitFor();
    expect(await page.getByLabel("Text", { exact: true }).inputValue()).toContain(text);
    expect(await page.getByLabel("Entity threshold").inputValue()).toBe("0.4");
    const broken = join(folder, "broken.jsonl");
    writeFileSync(broken, '{"text": "a"}\n{"nothing": 1}\n');
    await page.getByLabel("Files to read").setInputFiles(broken);
    await page.getByText("Broken.jsonl has neither text nor tokens in line 2").waitFor();
    await page.getByRole("button", { name: "note.html" }).waitFor();
    await page.getByRole("link", { name: "Runs", exact: true }).focus();
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys in Extract" }).waitFor();
    await page.keyboard.press("Escape");
    expect(faults).toEqual([]);
  });

  test("a run is renamed and keeps its colour, is tagged and deleted; a comparison is in the address", async () => {
    const { page, faults } = await open("#/runs/demo?show=demo&a=demo&b=more-1&on=corpus%2Fdev.jsonl");
    page.setDefaultTimeout(280_000);
    await page.locator(".compare .verdict strong").first().waitFor();
    await expect.poll(() => page.locator(".compare .verdict").innerText()).toMatch(/^(B (is|has|and A)|The two|Neither A) /);
    const swatch = (): Promise<string | null> => page.locator("tr.on .swatch").getAttribute("style");
    const colour = await swatch();
    expect(colour).toMatch(/^background/);
    await page.getByRole("button", { name: "Tags" }).click();
    await page.getByLabel("Tags, with commas").fill("first, <b>");
    await page.getByRole("button", { name: "Save" }).click();
    await expect.poll(() => page.locator("tr.on .tag").allInnerTexts()).toEqual(["first", "<b>"]);
    await page.getByRole("button", { name: "Rename" }).click();
    await page.getByLabel("New name").fill("start");
    await page.getByRole("dialog").getByRole("button", { name: "Rename" }).click();
    await page.getByRole("region", { name: "Run start" }).waitFor();
    await expect.poll(swatch).toBe(colour);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Download", exact: true }).click(),
    ]);
    expect(download.suggestedFilename()).toBe("start.tar.gz");
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await expect.poll(() => page.getByRole("link", { name: "start", exact: true }).count()).toBe(0);
    // The model of this run is served.
    await page.getByRole("link", { name: "more-1", exact: true }).click();
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await page.getByText("Its model is served as demo").waitFor();
    expect(faults.filter((fault) => !fault.includes("409"))).toEqual([]);
  });
});
