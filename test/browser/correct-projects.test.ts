import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CDPSession, Page } from "playwright-core";
import { afterAll, describe, expect, test } from "vitest";
import { accessibilityFaults, noBrowser, stage } from "./browser.ts";
import { clickWord, drawing, middleOf, type Point, palette } from "./correct-words.ts";
import { readText } from "./read-text.ts";

const why = noBrowser === "" ? "" : ` (skipped: ${noBrowser})`;

interface Sentence {
  readonly text: string;
  readonly revision: number;
  readonly done: boolean;
  readonly entities: readonly { start: number; end: number; type: string; confidence?: number }[];
  readonly relations: readonly { head: number; tail: number; type: string; confidence?: number }[];
}

describe.skipIf(noBrowser !== "")(`projects of the view Correct${why}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "weft-projects-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const corrections = join(folder, "corrections");
  const { open, address } = stage(["examples/model", "--corrections", corrections]);

  async function project(name: string, texts: readonly string[], model: string | null = null): Promise<void> {
    const response = await fetch(`${address()}/v1/corrections`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name, texts, model }),
    });
    expect(response.status).toBe(201);
  }
  const kept = async (name: string, id = 0): Promise<Sentence> => {
    const answer = await fetch(`${address()}/v1/corrections/${name}/sentences/${id}`);
    const { document, ...sentence } = (await answer.json()) as { readonly document: Sentence };
    return { ...document, ...sentence };
  };
  const plainText = "Mara Voss founded Kettle Robotics in Bremen.";

  test("a running save does not delay a sentence of another project", async () => {
    await project("slow", ["Ada left."]);
    await project("quick", ["Bo left."]);
    const { page, faults } = await open("#/correct/slow");
    let answer = (): void => undefined;
    const held = new Promise<void>((resolve) => (answer = resolve));
    await page.route("**/corrections/slow/sentences/0", async (route) => {
      await held;
      await route.continue();
    });
    await clickWord(page, "Ada");
    await page.keyboard.press("1");
    await expect.poll(() => page.locator(".save-state").getAttribute("data-state")).toBe("saving");
    await page.goto(`${address()}/#/correct/quick`);
    await clickWord(page, "Bo");
    await page.keyboard.press("1");
    await expect.poll(async () => (await kept("quick")).entities).toHaveLength(1);
    answer();
    await expect.poll(async () => (await kept("slow")).entities.length).toBe(1);
    expect(faults).toEqual([]);
  });

  test("an extraction becomes a project of suggestions, sentence by sentence, and more is appended", async () => {
    const { page, faults } = await open();
    await readText(page, `${plainText} Tomas Reyes is married to Mara Voss.`);
    const drawn = await page.locator(".sentence .triples li").count();
    await page.getByRole("button", { name: "Correct this" }).click();
    const dialog = page.getByRole("dialog", { name: "Correct this" });
    await dialog.getByText(/^2 sentences with 5 entities and \d+ relations/).waitFor();
    await expect.poll(() => accessibilityFaults(page)).toEqual([]);
    // The name is selected, so typing and Enter are enough.
    await expect.poll(() => dialog.getByLabel("Name of the new project").inputValue()).toMatch(/^text-\d{4}-\d\d-\d\d$/);
    await page.keyboard.type("extracted");
    await page.keyboard.press("Enter");
    await drawing(page);
    expect(page.url()).toMatch(/#\/correct\/extracted$/);
    await expect.poll(() => page.locator(".steps [role=status]").innerText()).toMatch(/^1 of 2/);
    const [one, other] = [await kept("extracted", 0), await kept("extracted", 1)];
    expect([one.text, other.text]).toEqual([plainText, "Tomas Reyes is married to Mara Voss."]);
    expect([...one.relations, ...other.relations]).toHaveLength(drawn);
    expect([...one.entities, ...other.relations].every(({ confidence }) => (confidence ?? 9) <= 1)).toBe(true);
    await page
      .getByRole("button", { name: /^Accept / })
      .first()
      .click();
    await expect
      .poll(async () => (await kept("extracted", 0)).entities.some(({ confidence }) => confidence === undefined))
      .toBe(true);

    await page.goto(`${address()}/#/extract`);
    await readText(page, "Northlight Press published The Slow Machine. Ada left.");
    await page.getByRole("button", { name: "Correct this" }).click();
    await dialog.getByRole("combobox", { name: /^Project/ }).selectOption("extracted");
    await expect.poll(() => dialog.getByLabel("Name of the new project").count()).toBe(0);
    await dialog.getByRole("button", { name: "Add to project" }).click();
    await expect.poll(() => page.locator(".steps [role=status]").innerText()).toMatch(/^3 of 4/);
    await expect.poll(() => page.locator(".board [data-token]").allTextContents()).toContain("Northlight");
    expect(faults).toEqual([]);
  });

  test("a new project of a text has a model's suggestions unless none are wanted", async () => {
    const { page, faults } = await open("#/correct");
    const by = page.getByRole("combobox", { name: "Suggestions from" });
    await expect.poll(() => by.inputValue()).toBe("model");
    for (const [name, wanted] of [
      ["suggested", "model"],
      ["plain", ""],
    ] as const) {
      await page.goto(`${address()}/#/correct`);
      await page.getByLabel("Name", { exact: true }).fill(name);
      await page.getByLabel("Text", { exact: true }).fill(plainText);
      await by.selectOption(wanted);
      await page.getByRole("button", { name: "Begin" }).click();
      await drawing(page);
      expect((await kept(name)).entities.length > 0).toBe(wanted !== "");
    }
    expect(faults).toEqual([]);
  });

  test("a taken name is reported, and Escape changes nothing", async () => {
    await project("taken", [plainText]);
    const { page } = await open();
    await readText(page, plainText);
    const button = page.getByRole("button", { name: "Correct this" });
    await button.click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name of the new project").fill("Taken");
    await page.keyboard.press("Enter");
    await dialog.getByText("CORRECTIONS_EXIST").waitFor();
    await page.keyboard.press("Escape");
    await expect.poll(() => dialog.count()).toBe(0);
    await expect.poll(() => button.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true);
    expect(page.url()).not.toContain("correct");
  });

  test("deleting asks first, lists what is deleted, notices other changes, and notifies the tab that has it open", async () => {
    await project("old", [`${plainText} Ada left.`]);
    const [here, there] = [await open("#/correct"), await open("#/correct/old")];
    await drawing(there.page);
    const remove = here.page.getByRole("button", { name: "Delete old" });
    await remove.click();
    const dialog = here.page.getByRole("dialog", { name: "Delete old?" });
    await expect.poll(() => dialog.innerText()).toMatch(/its 2 sentences, none of them done/);
    await expect.poll(() => accessibilityFaults(here.page)).toEqual([]);
    // Enter gives the harmless answer.
    await here.page.keyboard.press("Enter");
    await expect.poll(() => dialog.count()).toBe(0);
    await remove.click();
    await there.page.getByRole("button", { name: "Done, next" }).click();
    await expect.poll(async () => (await kept("old")).done).toBe(true);
    await dialog.getByRole("button", { name: "Delete" }).click();
    await dialog.getByText("Someone else has changed the project.").waitFor();
    await expect.poll(() => dialog.innerText()).toMatch(/its 2 sentences, 1 of them done/);
    expect(existsSync(join(corrections, "old"))).toBe(true);
    await dialog.getByRole("button", { name: "Delete" }).click();
    await expect.poll(() => remove.count()).toBe(0);
    expect([existsSync(join(corrections, "old")), readdirSync(join(corrections, ".trash")).length]).toEqual([false, 1]);

    await clickWord(there.page, "Ada");
    await there.page.keyboard.press("1");
    const gone = there.page.getByRole("alert");
    await gone.getByText("The project old is gone.").waitFor();
    await expect.poll(() => gone.innerText()).toContain("A change that had not been saved stays in this browser");
    await expect.poll(() => accessibilityFaults(there.page)).toEqual([]);
    await gone.getByRole("link").click();
    await there.page.locator(".new-project").waitFor();

    // Restored by hand, it is the same project, and the changes kept in the browser are saved.
    const [trash = ""] = readdirSync(join(corrections, ".trash"));
    renameSync(join(corrections, ".trash", trash), join(corrections, "old"));
    await there.page.goto(`${address()}/#/correct/old`);
    await drawing(there.page);
    await expect.poll(async () => (await kept("old", 1)).entities).toMatchObject([{ start: 0, end: 1 }]);
    expect(here.faults).toEqual([
      "error: Failed to load resource: the server responded with a status of 412 (Precondition Failed)",
    ]);
  });

  test("a project is renamed by keyboard alone, others are notified, and unsaved changes move with it", async () => {
    await project("before", ["Ada left.", "Bo left.", "Eve left."]);
    await project("second", ["Ada left."]);
    const [here, there] = [await open("#/correct/before"), await open("#/correct/before")];
    await drawing(there.page);
    // This browser keeps what it cannot send.
    await here.page.route("**/sentences/0", async (route) => route.abort());
    await clickWord(here.page, "Ada");
    await here.page.keyboard.press("1");
    await expect.poll(() => here.page.locator(".save-state").getAttribute("data-state")).toBe("offline");
    await here.page.goto(`${address()}/#/correct`);
    const button = here.page.getByRole("button", { name: "Rename before" });
    await button.focus();
    await here.page.keyboard.press("Enter");
    const dialog = here.page.getByRole("dialog", { name: "Rename before" });
    await dialog.waitFor();
    await expect.poll(() => accessibilityFaults(here.page)).toEqual([]);
    await here.page.keyboard.press("Escape");
    await expect.poll(() => dialog.count()).toBe(0);
    await expect.poll(() => button.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true);

    await here.page.keyboard.press("Enter");
    await dialog.waitFor();
    await here.page.keyboard.type("Second");
    await here.page.keyboard.press("Enter");
    await dialog.getByText("CORRECTIONS_EXIST").waitFor();
    // Another change comes first: nothing is done until the user has seen it.
    await there.page.getByRole("button", { name: "Done, next" }).click();
    await expect.poll(async () => (await kept("before")).done).toBe(true);
    const name = dialog.getByLabel("New name");
    await name.fill("after");
    await here.page.keyboard.press("Enter");
    await dialog.getByText("Someone else has changed the project.").waitFor();
    await expect.poll(() => name.inputValue()).toBe("after");
    await expect.poll(() => accessibilityFaults(here.page)).toEqual([]);
    await name.press("Enter");
    await expect.poll(() => dialog.count()).toBe(0);
    const renamed = here.page.getByRole("button", { name: "Rename after" });
    await expect.poll(() => renamed.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true);
    expect([existsSync(join(corrections, "before")), existsSync(join(corrections, "after"))]).toEqual([false, true]);

    // The other browser learns of it with its next change, which is sent once the project is opened
    // under its new name.
    await expect.poll(() => there.page.locator(".board [data-token]").allTextContents()).toContain("Bo");
    await clickWord(there.page, "Bo");
    await there.page.keyboard.press("1");
    const gone = there.page.getByRole("alert");
    await gone.getByText("The project before is gone.").waitFor();
    await gone.getByRole("link").click();
    await there.page.getByRole("link", { name: "after" }).click();
    await expect.poll(async () => (await kept("after", 1)).entities).toMatchObject([{ start: 0, end: 1 }]);

    await here.page.unroute("**/sentences/0");
    await here.page.getByRole("link", { name: "after" }).click();
    await drawing(here.page);
    await expect
      .poll(() => here.page.evaluate<number>("Object.keys(localStorage).filter((key) => key.includes('before@')).length"))
      .toBe(0);
  });

  test("a user who returns to a tab with a deleted project is notified at once", async () => {
    await project("short", [plainText]);
    const { page } = await open("#/correct/short");
    await drawing(page);
    const removed = await fetch(`${address()}/v1/corrections/short`, { method: "DELETE", headers: { "if-match": '"0"' } });
    expect(removed.status).toBe(200);
    await page.evaluate("dispatchEvent(new Event('focus'))");
    await page.getByText("The project short is gone.").waitFor();
  });

  /**
   * A finger that goes down, along the line, to its goal and up again, as the browser gets it from
   * the system.
   */
  async function swipe(touch: CDPSession, page: Page, start: Point, end: Point, along = 16): Promise<void> {
    const turn = { x: start.x + along, y: start.y };
    await touch.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [start] });
    for (const [one, other] of [
      [start, turn],
      [turn, end],
    ] as const) {
      for (let step = 1; step <= 6; step++) {
        const at = { x: one.x + ((other.x - one.x) * step) / 6, y: one.y + ((other.y - one.y) * step) / 6 };
        await touch.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: [at] });
        await page.waitForTimeout(16);
      }
    }
    await touch.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    // Two quick touches would be one gesture.
    await page.waitForTimeout(400);
  }

  test("a finger marks words, relates two entities, and scrolls without marking", async () => {
    await project("touched", [`${plainText} ${"It was a long day in the town by the river. ".repeat(3)}`]);
    const { page, faults } = await open("#/correct/touched", {
      hasTouch: true,
      isMobile: true,
      viewport: { width: 390, height: 700 },
    });
    await drawing(page);
    // The export formats load a moment later and move what is below them.
    await expect.poll(() => page.getByLabel("Format").locator("option").count()).toBeGreaterThan(1);
    await page.locator(".board .drawing").scrollIntoViewIfNeeded();
    const touch = await page.context().newCDPSession(page);
    const chosen = async (): Promise<string[]> => page.locator(".board [role=option][aria-selected=true]").allTextContents();
    const swipeWords = async (from: string, to: string): Promise<void> =>
      swipe(touch, page, await middleOf(page, from), await middleOf(page, to));
    const mark = async (from: string, to: string, type: RegExp): Promise<void> => {
      const bar = page.getByRole("group", { name: /^(Entity|Relation) types$/ });
      // A busy browser may take a slow swipe for a long press: then the user tries again.
      const attempt = async (): Promise<number> => {
        await swipeWords(from, to);
        return palette(page).or(bar.getByText("A guess. If not, it is")).count();
      };
      await expect.poll(attempt).toBe(1);
      const asked = (await palette(page).count()) === 1;
      const choice = asked ? palette(page).getByRole("option", { name: type }) : bar.getByRole("button", { name: type });
      await choice.tap();
    };
    await mark("Mara", "Voss", /PER/);
    await expect.poll(async () => (await kept("touched")).entities).toMatchObject([{ start: 0, end: 2, type: "PER" }]);
    await mark("Kettle", "Robotics", /ORG/);
    await expect.poll(async () => (await kept("touched")).entities).toMatchObject([{}, { start: 3, end: 5, type: "ORG" }]);
    await mark("Mara", "Kettle", /founded$/);
    await expect.poll(async () => (await kept("touched")).relations).toEqual([{ head: 0, tail: 1, type: "founded" }]);

    const bremen = await middleOf(page, "Bremen");
    await page.touchscreen.tap(bremen.x, bremen.y);
    await expect.poll(chosen).toEqual(["Bremen"]);
    const before = await page.evaluate<number>("scrollY");
    const scroll = async (): Promise<number> => {
      const from = await middleOf(page, "in");
      await swipe(touch, page, from, { x: from.x, y: from.y - 300 }, 0);
      return page.evaluate<number>("scrollY");
    };
    await expect.poll(scroll).not.toBe(before);
    await expect.poll(chosen).toEqual(["Bremen"]);
    expect(faults).toEqual([]);
  });
});
