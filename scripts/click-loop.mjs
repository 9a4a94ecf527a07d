// The whole loop as clicks on the page: read, correct, train, compare, serve. The browser test and
// the film of docs/images/loop walk it with this.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * Prepares a folder with a trained run `demo`, and sentences of the bundled corpus that it has not
 * seen.
 *
 * @param {string} folder
 * @param {{ train: number, dev: number, more: number, set: readonly string[] }} sizes sentences of
 *   each file, and settings of the training
 * @returns {string[]} the arguments of `weft serve`
 */
export function prepareLoop(folder, { train, dev, more, set }) {
  const corpus = (/** @type {string} */ name) => readFileSync(join(root, "examples/corpus", name), "utf8").split("\n");
  const [data, runs] = [join(folder, "corpus"), join(folder, "runs")];
  for (const place of [data, runs]) mkdirSync(place, { recursive: true });
  writeFileSync(join(data, "train.jsonl"), corpus("train.jsonl").slice(0, train).join("\n"));
  writeFileSync(join(data, "dev.jsonl"), corpus("dev.jsonl").slice(0, dev).join("\n"));
  writeFileSync(
    join(data, "more.jsonl"),
    corpus("train.jsonl")
      .slice(train, train + more)
      .join("\n"),
  );
  const config = readFileSync(join(root, "examples/corpus/weft.yaml"), "utf8").replace(/^ {2}test: .*\n/m, "");
  writeFileSync(join(data, "weft.yaml"), config);
  const settings = set.flatMap((each) => ["--set", each]);
  const args = ["train", join(data, "weft.yaml"), "--run", join(runs, "demo"), "--threads", "1", ...settings];
  const { status, stderr } = spawnSync(process.execPath, [join(root, "packages/weft/bin/weft.js"), ...args], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`the training failed: ${stderr}`);
  return [
    join(runs, "demo"),
    ...["--runs", runs, "--data", data, "--corrections", join(folder, "corrections"), "--allow-training"],
  ];
}

/**
 * Clicks the loop from the first screen to the corrected model being served.
 *
 * @param {import("playwright-core").Page} page on the first screen
 * @param {{ sentences: number, shot?: (name: string) => Promise<void> }} options the number of
 *   sentences to correct, and what takes a picture
 */
export async function clickLoop(page, { sentences, shot = async () => undefined }) {
  // The first screen reads its example at once.
  await page.locator(".sentence weft-arcs").first().waitFor();
  await shot("1-first-screen");
  await page.locator("summary", { hasText: "What demo knows" }).click();
  await page.getByText("It is the run").waitFor();
  await shot("2-what-it-knows");

  await page.getByRole("link", { name: "Correct", exact: true }).click();
  await page.getByLabel("Name", { exact: true }).fill("more");
  const field = (/** @type {RegExp} */ label) => page.locator("label", { hasText: label }).locator("select");
  await field(/^Of /).selectOption("data");
  await field(/^File /).selectOption("corpus/more.jsonl");
  await page.getByRole("button", { name: "Begin" }).click();
  await page.getByText(`0 of ${sentences} done`).waitFor();
  for (let done = 1; done <= sentences; done++) {
    if (done === 2) await shot("3-correct");
    await page.getByRole("button", { name: "Done, next" }).click();
    await page.getByText(`${done} of ${sentences} done`).waitFor();
  }
  await page.locator(".save-state.saved").waitFor();

  await page.getByRole("button", { name: "Train on these" }).click();
  const run = page.getByRole("link", { name: "more-1", exact: true });
  await run.click();
  // Its curves can be opened before the training has written anything.
  await page.getByRole("region", { name: "Run more-1" }).waitFor();
  await page.goBack();
  await page
    .getByText(/Epoch \d+ of \d+ done/)
    .or(page.locator(".verdict-card"))
    .first()
    .waitFor();
  await shot("4-training");
  const card = page.getByRole("region", { name: "Verdict on more-1" });
  await card.waitFor();
  await shot("5-verdict");

  await card.getByRole("button", { name: "Use this model" }).click();
  await card.getByText("demo now serves more-1.").waitFor();
  await shot("6-served");
  await card.getByRole("button", { name: /^Correct what it got wrong/ }).click();
  await page.waitForURL(/#\/correct\/more-1-wrong/);
  await page.getByText(/^0 of \d+ done/).waitFor();
  await shot("7-what-it-got-wrong");

  await page.getByRole("link", { name: "Extract", exact: true }).click();
  // What was read by the model before is read again by this one.
  await page.locator(".extract[aria-busy=false] .sentence weft-arcs").first().waitFor();
  await page.locator("summary", { hasText: "What demo knows" }).click();
  await page.getByText(", chosen here in place of demo.").waitFor();
  await shot("8-the-corrected-model");
}
