// Writes docs/images/page-{runs,data}.png: the views Runs and Data as a browser shows them. Run it
// after `npm run build`. It first trains two models on examples/corpus, which takes minutes, unless
// you name a folder of runs: `node scripts/draw-workspace-pictures.mjs [RUNS]`.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startBrowser } from "./start-browser.mjs";
import { startServer } from "./start-server.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const weft = join(root, "packages/weft/bin/weft.js");
const folder = mkdtempSync(join(tmpdir(), "weft-pictures-"));
const [, , runs = trainedRuns()] = process.argv;
const pictures = [
  { name: "runs", place: "#/runs/rin%2Fseed-1", height: 1560, settled: ".chart canvas" },
  { name: "data", place: "#/data/corpus%2Ftrain.jsonl", height: 1080, settled: ".sentence weft-arcs" },
];

const { address, stop } = await startServer(["examples/model", "--runs", runs, "--data", "examples/corpus"]);
const browser = await startBrowser();
try {
  for (const { name, place, height, settled } of pictures) {
    const context = await browser.newContext({
      viewport: { width: 1180, height },
      locale: "en-GB",
      colorScheme: "light",
      deviceScaleFactor: 1.5,
    });
    const page = await context.newPage();
    await page.goto(`${address}/${place}`);
    await page.locator(settled).first().waitFor();
    await page.waitForTimeout(1500);
    await page.screenshot({ path: `${root}docs/images/page-${name}.png` });
    await context.close();
  }
} finally {
  await browser.close();
  await stop();
  rmSync(folder, { recursive: true, force: true });
}

/** Trains two seeds of a small configuration. */
function trainedRuns() {
  const set = ["training.epochs=24", "optimizer.rate=0.003", "model.rounds=0"].flatMap((each) => ["--set", each]);
  for (const seed of [1, 2]) {
    const args = [
      "train",
      "examples/corpus/weft.yaml",
      "--run",
      join(folder, `rin/seed-${seed}`),
      "--set",
      `seed=${seed}`,
      ...set,
    ];
    const { status } = spawnSync(process.execPath, [weft, ...args], { cwd: root, stdio: "inherit" });
    if (status !== 0) throw new Error("the training failed");
  }
  return folder;
}
