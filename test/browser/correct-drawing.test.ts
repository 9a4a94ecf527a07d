import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, describe, expect, test } from "vitest";
import { accessibilityFaults, noBrowser, stage } from "./browser.ts";
import { clickWord, drag, drawing, middleOf, palette, words } from "./correct-words.ts";

const why = noBrowser === "" ? "" : ` (skipped: ${noBrowser})`;

interface Sentence {
  readonly done: boolean;
  readonly note?: Readonly<Record<string, unknown>>;
  readonly entities: readonly { start: number; end: number; type: string }[];
  readonly relations: readonly { head: number; tail: number; type: string }[];
}

describe.skipIf(noBrowser !== "")(`correcting in the drawing${why}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "weft-drawing-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const { open, address } = stage(["examples/model", "--corrections", join(folder, "corrections")]);

  async function project(name: string, texts: readonly string[]): Promise<void> {
    const body = JSON.stringify({ name, texts, model: null });
    const headers = { "content-type": "application/json" };
    const { status } = await fetch(`${address()}/v1/corrections`, { method: "POST", headers, body });
    expect(status).toBe(201);
  }
  const kept = async (name: string, id = 0): Promise<Sentence> => {
    const answer = await fetch(`${address()}/v1/corrections/${name}/sentences/${id}`);
    const { document, ...sentence } = (await answer.json()) as { readonly document: Sentence };
    return { ...document, ...sentence };
  };
  async function doubleClick(page: Page, word: string): Promise<void> {
    const { x, y } = await middleOf(page, word);
    await page.mouse.dblclick(x, y);
  }

  test("a type is found by its letters, words that are known need none, and a drag changes an entity's words", async () => {
    await project("types", ["Ada Byron met Kettle Robotics. Ada Byron left Kettle Robotics. Ada Byron is here."]);
    const { page, faults } = await open("#/correct/types");
    await drawing(page);
    await drag(page, "Ada", "Byron");
    await palette(page).waitFor();
    await page.keyboard.type("pe");
    await page.keyboard.press("Enter");
    await expect.poll(async () => (await kept("types")).entities).toMatchObject([{ start: 0, end: 2, type: "PER" }]);
    // The same words in the two other sentences.
    await page.getByRole("button", { name: "Mark as PER everywhere" }).waitFor();
    await page.keyboard.press("a");
    await expect.poll(async () => (await kept("types", 2)).entities).toMatchObject([{ start: 0, end: 2, type: "PER" }]);
    await page.getByRole("button", { name: "Take that back" }).click();
    await expect.poll(async () => (await kept("types", 2)).entities).toEqual([]);
    await words(page).focus();
    await page.keyboard.press("n");
    await drag(page, "Ada", "Byron");
    await expect.poll(async () => (await kept("types", 1)).entities).toMatchObject([{ start: 0, end: 2, type: "PER" }]);
    expect(await palette(page).count()).toBe(0);
    await drag(page, "Byron", "Ada");
    await drag(page, "Byron", "left");
    await expect.poll(async () => (await kept("types", 1)).entities).toMatchObject([{ start: 1, end: 3, type: "PER" }]);
    await doubleClick(page, "left");
    await palette(page).getByRole("option", { name: /ORG/ }).click();
    await expect.poll(async () => (await kept("types", 1)).entities).toMatchObject([{ start: 1, end: 3, type: "ORG" }]);
    expect(faults).toEqual([]);
  });

  test("the types of two entities choose their relation, once the project has one between such types", async () => {
    await project("pairs", ["Ada leads Kettle. Ada leads Kettle."]);
    const { page, faults } = await open("#/correct/pairs");
    await drawing(page);
    for (const id of [0, 1]) {
      await doubleClick(page, "Ada");
      if (id === 0) await palette(page).getByRole("option", { name: /PER/ }).click();
      await expect.poll(async () => (await kept("pairs", id)).entities).toHaveLength(1);
      await doubleClick(page, "Kettle");
      await expect.poll(async () => (await kept("pairs", id)).entities).toHaveLength(2);
      if (id === 0) {
        await page.getByText("A guess. If not, it is").waitFor();
        await page.getByRole("group", { name: "Entity types" }).getByRole("button", { name: /ORG/ }).click();
        await expect.poll(async () => (await kept("pairs", id)).entities).toMatchObject([{ type: "PER" }, { type: "ORG" }]);
      }
      await drag(page, "Ada", "Kettle");
      if (id === 0) {
        await expect.poll(async () => (await kept("pairs", id)).relations).toMatchObject([{ type: "leads" }]);
        await page.keyboard.press("c");
        await palette(page).waitFor();
        await page.keyboard.type("founded");
        await page.keyboard.press("Enter");
      }
      await expect.poll(async () => (await kept("pairs", id)).relations).toMatchObject([{ head: 0, tail: 1, type: "founded" }]);
      await page.keyboard.press("Control+Enter");
    }
    await page.getByText("All 2 sentences are done.").waitFor();
    expect(faults).toEqual([]);
  });

  test("sentences are searched, skipped, flagged and commented, with the annotator's name", async () => {
    await project("notes", ["Ada left. Bo stayed. Cy slept."]);
    const { page, faults } = await open("#/correct/notes");
    await drawing(page);
    await page.getByLabel("Annotator").fill("Anna");
    await page.getByLabel("Annotator").press("Enter");
    await words(page).focus();
    await page.keyboard.press("f");
    await expect.poll(async () => (await kept("notes")).note).toEqual({ flagged: true, annotator: "Anna" });
    await page.keyboard.press("m");
    await page.getByLabel("Comment").fill("Who is Ada?");
    await page.getByLabel("Comment").press("Tab");
    await expect.poll(async () => (await kept("notes")).note).toMatchObject({ comment: "Who is Ada?" });
    await words(page).focus();
    await page.keyboard.press("k");
    await expect.poll(async () => (await kept("notes")).note).toMatchObject({ skipped: true, comment: "Who is Ada?" });
    await expect.poll(() => page.locator(".board [data-token]").allTextContents()).toContain("Bo");
    const rail = page.getByRole("navigation", { name: "Sentences" });
    await rail.getByLabel("Show").selectOption("flagged");
    await expect.poll(() => rail.getByRole("listitem").count()).toBe(1);
    await rail.getByLabel("Show").selectOption("all");
    await rail.getByRole("searchbox").fill("slept");
    await rail.getByRole("button", { name: /Cy slept/ }).click();
    await expect.poll(() => page.locator(".board [data-token]").allTextContents()).toContain("Cy");
    await rail.getByRole("searchbox").fill("nothing like it");
    await rail.getByRole("button", { name: "Show all" }).click();
    await expect.poll(() => rail.getByRole("listitem").count()).toBe(3);
    expect(faults).toEqual([]);
  });

  test("two projects of one text are compared, and the keys are explained", async () => {
    for (const name of ["anna", "ben"]) await project(name, ["Ada left. Bo stayed."]);
    const { page, faults } = await open();
    for (const [name, marked] of [
      ["anna", ["Ada", "Bo"]],
      ["ben", ["Ada", "stayed"]],
    ] as const) {
      await page.goto(`${address()}/#/correct/${name}`);
      await page.getByText("0 of 2 done").waitFor();
      await expect.poll(() => page.locator(".controls strong").innerText()).toBe(name);
      for (const word of marked) {
        await clickWord(page, word);
        await page.keyboard.press("e");
        await page.keyboard.press("Control+Enter");
      }
      await page.getByText("2 of 2 done").waitFor();
      await expect.poll(() => page.locator(".save-state").innerText()).toBe("Saved");
    }
    await page.getByRole("button", { name: "Agreement…" }).click();
    const dialog = page.getByRole("dialog", { name: "Agreement" });
    await dialog.getByLabel("Compare with").selectOption("anna");
    await dialog.getByRole("button", { name: "Compare" }).click();
    await dialog.getByText("2 sentences that both have done.").waitFor();
    await expect.poll(() => dialog.getByRole("row", { name: /^Entities/ }).innerText()).toMatch(/50\.0/);
    await expect.poll(() => dialog.getByRole("link").allInnerTexts()).toEqual(["Bo stayed."]);
    await expect.poll(() => accessibilityFaults(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await words(page).focus();
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys and gestures" }).waitFor();
    await expect.poll(() => accessibilityFaults(page)).toEqual([]);
    expect(faults).toEqual([]);
  });
});
