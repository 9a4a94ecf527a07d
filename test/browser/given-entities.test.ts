import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { afterAll, describe, expect, test } from "vitest";
import { trainPairModel } from "../e2e/pair-model.ts";
import { accessibilityFaults, noBrowser, root, stage } from "./browser.ts";
import { readText } from "./read-text.ts";

const why = noBrowser === "" ? "" : ` (skipped: ${noBrowser})`;
const folder = mkdtempSync(join(tmpdir(), "weft-page-given-"));
const pairs = noBrowser === "" ? await trainPairModel(folder) : folder;

describe.skipIf(noBrowser !== "")(`models of pairs on the view Extract${why}`, () => {
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const { open } = stage([pairs, join(root, "examples/model")]);

  const word = (page: Page, text: string): Locator =>
    page
      .locator(".given [data-word]")
      .filter({ hasText: new RegExp(`^${text}$`) })
      .first();
  const types = (page: Page): Locator => page.getByRole("group", { name: "Types to mark as" });
  const found = (page: Page): Promise<string[]> => page.locator(".sentence .triples li span:first-child").allInnerTexts();

  async function begin(page: Page, text: string): Promise<void> {
    await page.getByRole("combobox", { name: /^Model/ }).selectOption("pairs");
    await page.getByLabel("Text", { exact: true }).fill(text);
  }

  async function ask(page: Page): Promise<void> {
    await readText(page);
    await page.getByLabel("Relation threshold").fill("0.05");
  }

  test("words are marked by pointer, and their relations are drawn; an edit of the text keeps the marks", async () => {
    const { page, faults } = await open();
    await begin(page, "Bob works for Acme in Rome.");
    await word(page, "Bob").click();
    await types(page).getByRole("button", { name: /PER/ }).click();
    await word(page, "Acme").click();
    await types(page).getByRole("button", { name: /LOC/ }).click();
    // The selected entity gets another type.
    await types(page).getByRole("button", { name: /ORG/ }).click();
    await expect.poll(() => page.locator(".given [data-chip]").allInnerTexts()).toEqual(["PER", "ORG"]);
    await expect.poll(() => accessibilityFaults(page)).toEqual([]);
    await ask(page);
    await expect.poll(() => found(page)).toContain("Bob works_for Acme");

    await page.getByLabel("Text", { exact: true }).fill("Yes, Bob works for Acme in Rome.");
    await expect.poll(() => page.locator(".given [role=status]").innerText()).toBe("2 entities");
    await expect.poll(() => word(page, "Acme").getAttribute("aria-label")).toBe("Acme, ORG");
    await page.getByRole("button", { name: "Remove all" }).click();
    await expect.poll(() => page.locator(".given [data-chip]").count()).toBe(0);
    expect(faults).toEqual([]);
  });

  test("everything works by keyboard, also on a narrow dark page", async () => {
    const { page, faults } = await open("", { colorScheme: "dark", viewport: { width: 380, height: 800 } });
    await begin(page, "Eve Brown works for Hooli in Paris.");
    await page.locator(".given .words").focus();
    for (const key of ["Home", "Shift+ArrowRight", "3"]) await page.keyboard.press(key);
    for (const key of ["ArrowRight", "ArrowRight", "ArrowRight", "2", "ArrowRight", "ArrowRight", "1"])
      await page.keyboard.press(key);
    await expect.poll(() => page.locator(".given [data-chip]").allInnerTexts()).toEqual(["PER", "ORG", "LOC"]);
    await page.keyboard.press("Delete");
    await expect.poll(() => page.locator(".given [role=status]").innerText()).toBe("2 entities");
    await expect.poll(() => accessibilityFaults(page)).toEqual([]);
    await expect.poll(() => page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
    await page.keyboard.press("Shift+Tab");
    await ask(page);
    await expect.poll(() => found(page)).toContain("Eve Brown works_for Hooli");
    expect(faults).toEqual([]);
  });

  test("another model finds the entities of known types; a model that finds its own asks for none", async () => {
    const { page, faults } = await open();
    await begin(page, "Mara Voss founded Kettle Robotics in Bremen on 4 May 2021.");
    await page.locator(".given").getByRole("button", { name: "Find" }).click();
    await expect
      .poll(() => page.locator(".given [role=status]").innerText())
      .toMatch(/^3 entities · 1 skipped: this model does not know their types$/);
    await expect.poll(() => page.locator(".given [data-chip]").allInnerTexts()).toEqual(["PER", "ORG", "LOC"]);
    await ask(page);
    await expect.poll(() => page.locator(".sentence .entities li").count()).toBe(3);
    await page.getByRole("combobox", { name: /^Model/ }).selectOption("model");
    await expect.poll(() => page.locator(".given").count()).toBe(0);
    expect(faults).toEqual([]);
  });

  test("entities found in a text that has changed since are discarded", async () => {
    const { page, faults } = await open();
    await begin(page, "Mara Voss founded Kettle Robotics in Bremen.");
    let answer = (): void => undefined;
    const held = new Promise<void>((resolve) => (answer = resolve));
    await page.route("**/v1/extract", async (route) => {
      await held;
      await route.continue();
    });
    await page.locator(".given").getByRole("button", { name: "Find" }).click();
    await page.getByText("No entities yet · Reading…").waitFor();
    await page.getByLabel("Text", { exact: true }).fill("Nobody.");
    answer();
    await page.getByText("No entities yet · The text has changed since").waitFor();
    await expect.poll(() => page.locator(".given [data-chip]").count()).toBe(0);
    expect(faults).toEqual([]);
  });

  test("a folder of such a model runs in the page with the existing marks", async () => {
    const { page, faults } = await open();
    await page.getByLabel("Model folder").setInputFiles(join(pairs, "model"));
    await expect.poll(() => page.getByRole("combobox", { name: /^Model/ }).inputValue()).toMatch(/in this browser/);
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    await page.getByLabel("Text", { exact: true }).fill("Bob works for Acme in Rome.");
    await word(page, "Bob").click();
    await types(page).getByRole("button", { name: /PER/ }).click();
    await word(page, "Acme").click();
    await types(page).getByRole("button", { name: /ORG/ }).click();
    await ask(page);
    await expect.poll(() => found(page)).toContain("Bob works_for Acme");
    expect(asked.filter((url) => url.includes("extract"))).toEqual([]);
    expect(faults).toEqual([]);
  });
});
