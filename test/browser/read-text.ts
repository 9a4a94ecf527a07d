import type { Page } from "playwright-core";
import { expect } from "vitest";

/** Extracts from the given text, or from the text that is there, and waits for its drawing. */
export async function readText(page: Page, text?: string): Promise<void> {
  const button = page.getByRole("button", { name: "Extract", exact: true });
  if (text !== undefined) await page.getByLabel("Text", { exact: true }).fill(text);
  // The page reads its example as soon as it opens, and the button waits for that.
  await expect.poll(() => button.isEnabled()).toBe(true);
  await button.click();
  await page.locator(".extract[aria-busy=false] .sentence").first().waitFor();
}
