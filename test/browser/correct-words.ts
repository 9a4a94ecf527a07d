import type { Page } from "playwright-core";

/** A place on the screen, in pixels. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Waits for the drawing of a sentence in the view Correct. */
export async function drawing(page: Page): Promise<void> {
  await page.locator(".board [data-token]").first().waitFor();
}

/** The drawing as the keyboard and screen readers have it. */
export const words = (page: Page) => page.getByRole("listbox", { name: "Words of the sentence" });

/** The middle of the first word with this text, or of the word at this place. */
export async function middleOf(page: Page, word: string | number): Promise<Point> {
  const all = page.locator(".board [data-token]");
  const found = typeof word === "number" ? all.nth(word) : all.filter({ hasText: new RegExp(`^${word}$`) }).first();
  // An edit redraws the sentence, so a word that was found may be gone a moment later.
  for (let attempt = 0; attempt < 40; attempt++) {
    const box = await found.boundingBox();
    if (box !== null) return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    await page.waitForTimeout(50);
  }
  throw new Error(`there is no word ${word}`);
}

/** Drags from the middle of one word to the middle of another. */
export async function drag(page: Page, from: string | number, to: string | number): Promise<void> {
  const [a, b] = [await middleOf(page, from), await middleOf(page, to)];
  await page.mouse.move(a.x, a.y);
  await page.mouse.down();
  await page.mouse.move((a.x + b.x) / 2, (a.y + b.y) / 2);
  await page.mouse.move(b.x, b.y);
  await page.mouse.up();
}

export async function clickWord(page: Page, word: string | number): Promise<void> {
  const { x, y } = await middleOf(page, word);
  await page.mouse.click(x, y);
}

/** The types in the palette at the selection. */
export const palette = (page: Page) => page.getByRole("dialog", { name: /^Choose an? (entity|relation) type$/ });
