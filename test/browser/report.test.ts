import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Sentence } from "@weft-nlp/core";
import { compareSystems, evaluate, type Prediction } from "@weft-nlp/core/metrics";
import { comparisonPage, scorePage } from "@weft-nlp/draw";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accessibilityFaults, launch, noBrowser } from "./browser.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-report-page-"));
const evil = `<img src=x onerror="window.harmed=1"></script><script>window.harmed=1</script>`;

/**
 * Forty-five sentences; in the prediction every third lacks its relation and every fifth has
 * another type.
 */
const gold: Sentence[] = Array.from({ length: 45 }, (_, index) => ({
  id: index === 0 ? evil : `s${index}`,
  tokens: ["Ada", "joined", index === 0 ? evil : `Acme${index}`, "in", "مرحبا", "👩‍👩‍👧"],
  entities: [
    { start: 0, end: 1, type: "PER" },
    { start: 2, end: 3, type: "ORG" },
    { start: 4, end: 5, type: "LOC" },
  ],
  relations: [
    { head: 0, tail: 1, type: "works_for" },
    { head: 1, tail: 2, type: "based_in" },
  ],
}));
const predictions = gold.map(({ entities, relations }, index): Prediction => {
  if (index % 3 === 0) return { entities, relations: relations.slice(1) };
  if (index % 5 === 0) return { entities, relations: relations.map((each) => ({ ...each, type: "works_for" })) };
  return { entities, relations };
});

describe.skipIf(noBrowser !== "")(`a report in a browser${noBrowser === "" ? "" : ` (${noBrowser})`}`, () => {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await launch();
    const report = evaluate(gold, predictions, { protocols: ["strict", "pairs"], intervals: { resamples: 100 } });
    writeFileSync(join(folder, "report.html"), await scorePage({ report, gold, predictions, title: evil }));
    const [first, second] = [
      { name: "a", runs: [predictions] },
      { name: "b", runs: [gold] },
    ] as const;
    const comparison = compareSystems(gold, first, second, { protocols: ["strict"] });
    const page = await comparisonPage({ comparison, gold, first, second, title: "a against b" });
    writeFileSync(join(folder, "comparison.html"), page);
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Opens the page and collects its faults: requests, errors, violations of the content policy. */
  async function open(name: string, colorScheme: "light" | "dark" = "light"): Promise<{ page: Page; faults: string[] }> {
    const context = await (browser as Browser).newContext({ viewport: { width: 1200, height: 900 }, colorScheme });
    const page = await context.newPage();
    const faults: string[] = [];
    const address = pathToFileURL(join(folder, name)).href;
    page.on("console", (message) => faults.push(message.text()));
    page.on("pageerror", (error) => faults.push(error.message));
    page.on("request", (request) => void (request.url() === address || faults.push(request.url())));
    await page.goto(address);
    await page.locator("#review-list > li").first().waitFor();
    return { page, faults };
  }

  const status = async (page: Page) => page.locator("#review-status").textContent();
  const items = async (page: Page) => page.locator("#review-list > li").count();

  test("the page makes no requests, and hostile text does nothing", async () => {
    const { page, faults } = await open("report.html");
    await expect.poll(() => page.evaluate(() => (globalThis as { harmed?: number }).harmed)).toBeUndefined();
    await expect.poll(() => page.title()).toBe(evil);
    await expect.poll(() => page.locator("#review-list .id").first().textContent()).toBe(evil);
    await page.getByLabel("Show").selectOption("sentences");
    await expect.poll(async () => page.locator("#review-list svg text").allTextContents()).toContain("👩‍👩‍👧");
    expect(faults).toEqual([]);
  });

  test("the list can be searched, filtered and extended by keyboard alone", async () => {
    const { page } = await open("comparison.html");
    await expect.poll(() => status(page)).toBe("21 of 21 sentences");
    await expect.poll(() => items(page)).toBe(20);
    await page.locator("#review-more").focus();
    await page.keyboard.press("Enter");
    await expect.poll(() => items(page)).toBe(21);
    await expect.poll(() => page.locator(":focus").textContent()).toContain("B is better");
    await page.getByLabel("Search").fill("acme12");
    await expect.poll(() => status(page)).toBe("1 of 21 sentences");
    await page.keyboard.press("Tab");
    await page.getByRole("button", { name: "Clear" }).press("Enter");
    await expect.poll(async () => status(page)).toBe("21 of 21 sentences");
    await page.getByLabel("B is").selectOption("better");
    await page.getByLabel("Mistake").selectOption({ label: "wrong class" });
    await expect.poll(() => status(page)).toBe("6 of 21 sentences");
  });

  test("a cell of the confusion matrix leads to its sentences", async () => {
    const { page } = await open("report.html");
    await page.getByRole("button", { name: /gold works_for, predicted \(nothing\)/ }).press("Enter");
    await expect.poll(async () => status(page)).toBe("15 pairs");
    await page.getByLabel("Show").selectOption("sentences");
    await expect.poll(() => status(page)).toBe("15 of 21 sentences");
  });

  test("pairs are marked in their sentences", async () => {
    const { page } = await open("report.html");
    await page.getByLabel("Show").selectOption("pairs");
    const first = page.locator("#review-list .pair").nth(1);
    await expect.poll(() => first.locator("mark.head").textContent()).toBe("Adahead");
    await expect.poll(() => first.locator("mark.tail").textContent()).toBe("Acme3tail");
    await expect.poll(() => page.locator("#review-list svg").count()).toBe(0);
  });

  test.each([
    ["report.html", "light"],
    ["report.html", "dark"],
    ["comparison.html", "light"],
    ["comparison.html", "dark"],
  ] as const)("%s is accessible, %s", async (name, scheme) => {
    const { page } = await open(name, scheme);
    await page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true");
    await expect.poll(() => accessibilityFaults(page)).toEqual([]);
  });

  test("a narrow screen scrolls in one direction only", async () => {
    const { page } = await open("report.html");
    await page.setViewportSize({ width: 380, height: 800 });
    await expect.poll(() => page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(380);
  });
});
