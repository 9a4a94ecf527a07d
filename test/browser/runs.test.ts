import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accessibilityFaults, noBrowser, root, stage } from "./browser.ts";

const why = noBrowser === "" ? "" : ` (skipped: ${noBrowser})`;
const folder = mkdtempSync(join(tmpdir(), "weft-page-runs-"));
const runs = join(folder, "runs");
const data = join(folder, "corpus");
const children: ChildProcess[] = [];

for (const place of [runs, data]) mkdirSync(place);
const lines = (name: string, count: number): string =>
  readFileSync(join(root, "examples/corpus", name), "utf8")
    .split("\n")
    .slice(0, count)
    .map((line) => `${line}\n`)
    .join("");
writeFileSync(join(data, "train.jsonl"), lines("train.jsonl", 12));
writeFileSync(join(data, "dev.jsonl"), lines("dev.jsonl", 6));
cpSync(join(root, "examples/corpus/weft.yaml"), join(data, "weft.yaml"));

/** A tiny `weft train`, as users start it; `begin` resolves when its folder exists. */
function train(name: string, seed: number, epochs: number): Promise<void> {
  const set = [
    `seed=${seed}`,
    `training.epochs=${epochs}`,
    "model.rounds=0",
    "model.hiddenSize=8",
    "training.threshold=0.2",
    "data.test=dev.jsonl",
  ];
  const args = [
    "train",
    join(data, "weft.yaml"),
    "--run",
    join(runs, name),
    "--threads",
    "1",
    ...set.flatMap((each) => ["--set", each]),
  ];
  const child = spawn(process.execPath, [join(root, "packages/weft/bin/weft.js"), ...args], { cwd: data, stdio: "ignore" });
  children.push(child);
  return new Promise((resolve, reject) => {
    child.on("close", (code) => (code === 0 ? resolve() : reject(new Error(`weft train ended with ${code}`))));
  });
}

describe.skipIf(noBrowser !== "")(`the view Runs${why}`, () => {
  const { open } = stage(["examples/model", "--runs", runs, "--data", data]);
  beforeAll(async () => {
    await Promise.all([train("seeds/one", 1, 2), train("seeds/two", 2, 2)]);
    // A run may have any name that a folder may have.
    cpSync(join(runs, "seeds/one"), join(runs, "<img src=x onerror=alert(1)> 🧵 ‮abc"), { recursive: true });
  });
  afterAll(() => {
    for (const child of children) child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  test("runs are listed, their curves are drawn next to a table, and the scores of a run name their protocol", async () => {
    const { page, faults } = await open("#/runs");
    const table = page.getByRole("region", { name: "Table of runs" });
    await table.getByRole("link", { name: "seeds/one" }).waitFor();
    await expect.poll(() => table.locator("tbody tr").count()).toBe(3);
    await page.locator(".chart canvas").first().waitFor();
    await expect.poll(() => page.locator(".chart canvas").count()).toBe(2);
    const curves = page.getByRole("region", { name: "Table of the curves" });
    await expect.poll(() => curves.locator("tbody tr").count()).toBe(3);
    await expect.poll(() => curves.locator("tbody").innerText()).toMatch(/\(epoch \d\)/);
    await table.getByRole("link", { name: "seeds/two" }).click();
    const details = page.getByRole("region", { name: "Run seeds/two" });
    await details
      .getByRole("region", { name: "Scores on dev" })
      .getByRole("rowheader", { name: "strict", exact: true })
      .waitFor();
    await details.getByText("Configuration", { exact: true }).click();
    await expect.poll(() => details.innerText()).toMatch(/training\.epochs\s+2/);
    await expect.poll(() => details.innerText()).not.toContain(folder);
    await expect.poll(() => page.locator("main img").count()).toBe(0);
    expect(faults).toEqual([]);
  });

  test("two runs are compared side by side, with gold above and a list next to each drawing", async () => {
    const { page, faults } = await open("#/runs");
    const panel = page.getByRole("region", { name: "Compare two runs" });
    await panel.locator("select[name=a]").selectOption("seeds/one");
    await panel.locator("select[name=b]").selectOption("seeds/two");
    await panel.locator("select[name=data]").selectOption("corpus/train.jsonl");
    await panel.getByRole("button", { name: "Compare" }).click();
    await panel.locator(".verdict").waitFor();
    await expect.poll(() => panel.locator(".verdict").innerText()).toMatch(/F1 by strict: A [\d.]+, B [\d.]+\. Of 12 sentences/);
    const shown = await panel.locator(".differences > li").count();
    await expect.poll(() => panel.locator(".differences weft-arcs").count()).toBe(3 * shown);
    await expect.poll(() => panel.locator(".differences .side ul").count()).toBe(3 * shown);
    expect(faults).toEqual([]);
  });

  test("is accessible, light and dark, wide and narrow", async () => {
    for (const [colorScheme, width] of [
      ["light", 1200],
      ["dark", 380],
    ] as const) {
      const { page, faults } = await open("#/runs/seeds%2Fone", { colorScheme, viewport: { width, height: 800 } });
      await page.getByRole("region", { name: "Scores on dev" }).waitFor();
      await page.locator(".chart canvas").first().waitFor();
      await expect.poll(() => accessibilityFaults(page)).toEqual([]);
      await expect.poll(() => page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
      expect(faults).toEqual([]);
    }
  });

  test("a keyboard ticks runs and opens one", async () => {
    const { page } = await open("#/runs");
    const box = page.getByRole("checkbox", { name: "Draw the curves of seeds/one" });
    await box.focus();
    const before = await box.isChecked();
    await page.keyboard.press("Space");
    await expect.poll(() => box.isChecked()).toBe(!before);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("region", { name: "Run seeds/one" }).waitFor();
  });

  test("a training run is drawn live, without a reload, until it is stopped", async () => {
    const { page, faults } = await open("#/runs");
    // Practically endless: Ctrl-C ends it.
    const ended = train("live", 3, 100_000).catch(() => undefined);
    const row = page.getByRole("row").filter({ has: page.getByRole("link", { name: "live", exact: true }) });
    await row.getByText("Running").waitFor();
    await row.getByRole("checkbox").check();
    const epochs = (): Promise<number> =>
      page
        .getByRole("region", { name: "Table of the curves" })
        .getByRole("row", { name: /^live/ })
        .getByRole("cell")
        .first()
        .innerText()
        .then(Number, () => 0);
    await expect.poll(epochs).toBeGreaterThan(0);
    const early = await epochs();
    await expect.poll(epochs).toBeGreaterThan(early);
    children.at(-1)?.kill("SIGINT");
    await ended;
    await row.getByText("Stopped").waitFor();
    expect(faults).toEqual([]);
  });
});

describe.skipIf(noBrowser !== "")(`the view Runs of a server without runs${why}`, () => {
  // A server takes up the folder `runs` that it is started beside, and the repository may have one.
  const empty = mkdtempSync(join(tmpdir(), "weft-empty-"));
  afterAll(() => rmSync(empty, { recursive: true, force: true }));
  const { open } = stage([join(root, "examples/model")], empty);
  test("explains how to enable them", async () => {
    const { page, faults } = await open("#/runs");
    await page.getByText("This server has no runs folder").waitFor();
    await page.getByRole("link", { name: "Data", exact: true }).click();
    await page.getByText("This server has no data folder").waitFor();
    expect(faults).toEqual([]);
  });
});
