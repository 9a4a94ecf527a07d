// Writes docs/images/loop/*.png: the whole loop as a browser shows it, from the first screen to the
// corrected model being served. Run it after `npm run build`; it trains twice and takes minutes.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { clickLoop, prepareLoop } from "./click-loop.mjs";
import { startBrowser } from "./start-browser.mjs";
import { startServer } from "./start-server.mjs";

const pictures = fileURLToPath(new URL("../docs/images/loop/", import.meta.url));
mkdirSync(pictures, { recursive: true });
const folder = mkdtempSync(join(tmpdir(), "weft-film-"));
const sentences = 40;
const set = ["training.epochs=30", "optimizer.rate=0.003", "model.rounds=0"];
const { address, stop } = await startServer(prepareLoop(folder, { train: 200, dev: 90, more: sentences, set }));
const browser = await startBrowser();
try {
  /** @param {"light" | "dark"} colorScheme @param {number} width */
  const open = async (colorScheme, width) => {
    const viewport = { width, height: 900 };
    const context = await browser.newContext({ viewport, locale: "en-GB", colorScheme, deviceScaleFactor: 1.5 });
    const page = await context.newPage();
    page.setDefaultTimeout(600_000);
    return page;
  };
  const page = await open("light", 1180);
  await page.goto(address);
  const began = performance.now();
  await clickLoop(page, {
    sentences,
    shot: async (name) => {
      await page.mouse.move(0, 0);
      await page.evaluate("scrollTo(0, 0)");
      await page.waitForTimeout(500);
      await page.screenshot({ path: join(pictures, `${name}.png`) });
    },
  });
  console.log(`the loop took ${Math.round((performance.now() - began) / 1000)} s`);
  /**
   * @type {{
   *   name: string,
   *   scheme: "light" | "dark",
   *   width: number,
   *   place: string,
   *   settled: string
   * }[]}
   */
  const others = [
    { name: "dark", scheme: "dark", width: 1180, place: "#/correct/more", settled: ".verdict-card" },
    { name: "narrow", scheme: "light", width: 390, place: "#/correct/more", settled: ".verdict-card" },
    { name: "runs", scheme: "light", width: 1180, place: "#/runs/more-1?show=demo&show=more-1", settled: ".chart canvas" },
    { name: "home-dark-narrow", scheme: "dark", width: 390, place: "#/extract", settled: ".sentence weft-arcs" },
  ];
  for (const { name, scheme, width, place, settled } of others) {
    const other = await open(scheme, width);
    await other.goto(`${address}/${place}`);
    await other.locator(settled).first().waitFor();
    await other.waitForTimeout(1000);
    await other.screenshot({ path: join(pictures, `${name}.png`), fullPage: name === "runs" });
  }
} finally {
  await browser.close();
  await stop();
  rmSync(folder, { recursive: true, force: true });
}
