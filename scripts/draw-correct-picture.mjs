// Writes docs/images/page-correct.png and page-correct-narrow.png: the view Correct with work in
// progress, wide and light, narrow and dark. Run it after
// `npm run build`.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startBrowser } from "./start-browser.mjs";
import { startServer } from "./start-server.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "weft-picture-"));
mkdirSync(join(folder, "runs"));
const { address, stop } = await startServer([
  "examples/model",
  ...["--corrections", join(folder, "corrections"), "--runs", join(folder, "runs"), "--allow-training"],
]);
const text =
  "Mara Voss founded Kettle Robotics in Bremen and still leads it. In 2019 Kettle Robotics acquired Tidewater Instruments. " +
  "Northlight Press published The Slow Machine, a novel by Mara Voss, in Hamburg. Tomas Reyes is married to Mara Voss.";
const browser = await startBrowser();
try {
  await fetch(`${address}/v1/corrections`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: "news", texts: [text] }),
  });
  const context = await browser.newContext({
    viewport: { width: 1180, height: 860 },
    colorScheme: "light",
    deviceScaleFactor: 1.5,
  });
  const page = await context.newPage();
  await page.goto(`${address}/#/correct/news`);
  await page.getByRole("button", { name: "Text order" }).click();
  await page.locator(".board [data-token]").first().waitFor();
  // The state after accepting one relation, with the next one selected.
  await page.getByRole("button", { name: /^Accept Mara Voss founded/ }).click();
  await page.locator(".save-state.saved").waitFor();
  await page.mouse.move(0, 0);
  await page.waitForTimeout(500);
  await page.screenshot({ path: join(root, "docs/images/page-correct.png") });
  await page.setViewportSize({ width: 400, height: 900 });
  await page.emulateMedia({ colorScheme: "dark" });
  await page.evaluate("document.querySelector('.board').scrollIntoView({ block: 'start' })");
  await page.waitForTimeout(500);
  await page.screenshot({ path: join(root, "docs/images/page-correct-narrow.png") });
} finally {
  await browser.close();
  await stop();
  rmSync(folder, { recursive: true, force: true });
}
