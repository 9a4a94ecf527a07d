/**
 * Sends texts of 199,000 characters that are one sentence each through a server and its page, and
 * prints how long each takes, and the longest time in which the server's event loop or the page did
 * nothing else.
 *
 * `node scripts/measure-long-texts.mjs [model]`
 */
import { startBrowser } from "./start-browser.mjs";
import { startServer } from "./start-server.mjs";

const length = 199_000;
const texts = /** @type {const} */ ([
  ["without blanks", "Kettlerobotics".repeat(length).slice(0, length)],
  ["40,000 words", `Mara ${"met a to ".repeat(length)}`.slice(0, length)],
  ["punctuation", ",;:-()".repeat(length).slice(0, length)],
]);
const { address, stop } = await startServer([process.argv[2] ?? "examples/model"]);
const browser = await startBrowser();
try {
  for (const [name, text] of texts) {
    let [longest, busy] = [0, true];
    const watching = (async () => {
      while (busy) {
        const asked = performance.now();
        await fetch(`${address}/healthz`);
        longest = Math.max(longest, performance.now() - asked);
        await new Promise((done) => void setTimeout(done, 5));
      }
    })();
    const start = performance.now();
    const answer = await fetch(`${address}/v1/extract`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ text }),
    });
    const body = await answer.text();
    const took = performance.now() - start;
    busy = false;
    await watching;
    console.log(
      `${name}, API: ${answer.status} in ${Math.round(took)} ms, ${body.length} characters, longest wait of others ${Math.round(longest)} ms`,
    );
  }
  for (const [name, text] of texts) {
    const page = await browser.newPage();
    await page.goto(`${address}/`);
    await page.locator("weft-arcs").first().waitFor();
    await page.evaluate(`(() => {
      window.longest = 0;
      let before = performance.now();
      const look = () => {
        window.longest = Math.max(window.longest, performance.now() - before);
        before = performance.now();
        window.looking = setTimeout(look, 0);
      };
      look();
    })()`);
    const start = performance.now();
    await page.locator("textarea").first().fill(text);
    const filled = await page.evaluate("window.longest");
    const answered = page.waitForResponse((answer) => answer.url().includes("/v1/extract"), { timeout: 120_000 });
    await page.locator("textarea").first().press("Control+Enter");
    await answered;
    await page.waitForTimeout(3000);
    const longest = await page.evaluate("window.longest");
    console.log(
      `${name}, page: ${Math.round(performance.now() - start)} ms, longest turn ${Math.round(Number(longest))} ms (typing ${Math.round(Number(filled))} ms)`,
    );
    await page.close();
  }
} finally {
  await browser.close();
  await stop();
}
