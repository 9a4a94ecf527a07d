// Writes docs/images/page-extract-{light,dark,narrow}.png: the page as a browser shows it. Run it
// after `npm run build`.
import { fileURLToPath } from "node:url";
import { startBrowser } from "./start-browser.mjs";
import { startServer } from "./start-server.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const pictures = [
  { name: "light", colorScheme: "light", width: 1180, height: 1150, view: "Text" },
  { name: "dark", colorScheme: "dark", width: 1180, height: 1180, view: "Graph" },
  { name: "narrow", colorScheme: "light", width: 400, height: 1150, view: "Text" },
];

const { address, stop } = await startServer(["examples/model"]);
const browser = await startBrowser();
try {
  for (const { name, colorScheme, width, height, view } of pictures) {
    const scheme = colorScheme === "dark" ? "dark" : "light";
    const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, deviceScaleFactor: 1.5 });
    const page = await context.newPage();
    await page.goto(address);
    // The first answer only warms the server up; the picture shows the numbers of a later one.
    for (let time = 0; time < 3; time++) {
      await page.locator("button.main:enabled").click();
      await page.locator("button.main:enabled").waitFor();
    }
    await page.locator(".sentence").first().waitFor();
    await page.getByRole("button", { name: view, exact: true }).click();
    await page.mouse.move(0, 0);
    await page.evaluate("document.activeElement.blur()");
    await page.waitForTimeout(500);
    await page.screenshot({ path: `${root}docs/images/page-extract-${name}.png` });
    await context.close();
  }
} finally {
  await browser.close();
  await stop();
}
