import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { trainConfigSchema } from "@weft-nlp/core/training";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readConfig } from "../../packages/node/src/files/config-file.ts";
import { resolvePaths } from "../../packages/node/src/runs/resolve-paths.ts";
import { trainRun } from "../../packages/node/src/runs/train-run.ts";
import { writeTinyCorpus } from "./tiny-corpus.ts";
import { weft } from "./weft-command.ts";

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "weft-watch-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const events = [1, 2, 3].flatMap((epoch) => [
  { kind: "step", epoch, step: epoch, loss: 3 / epoch, losses: {}, gradNorm: 1, sentences: 5 },
  { kind: "evaluation", epoch, step: epoch, protocol: "strict", score: epoch / 10, improved: true },
]);

const log = (some: readonly object[]): void =>
  appendFileSync(join(folder, "events.jsonl"), some.map((event) => `${JSON.stringify(event)}\n`).join(""));

test("weft watch --once shows both curves and the best so far", async () => {
  log(events);
  const { code, out } = await weft(["watch", folder, "--once"]);
  expect(code).toBe(0);
  expect(out).toContain("running · epoch 3 · step 3");
  expect(out).toContain("F1 on dev (strict)");
  expect(out).toMatch(/[⠁-⣿]{5}/u);
  expect(out).toContain("best so far: 30.0 in epoch 3");
});

test("weft watch prints epoch by epoch in a pipe and ends with the run; with --json it prints the events", async () => {
  log(events.slice(0, 2));
  setTimeout(() => log(events.slice(2)), 1500);
  setTimeout(() => writeFileSync(join(folder, "report.json"), "{}"), 3000);
  const { code, out, err } = await weft(["watch", folder]);
  expect([code, err]).toEqual([0, ""]);
  expect(out).toBe(
    "epoch 1: loss 3.0000, gradient 1.000, dev F1 10.0\nepoch 2: loss 1.5000, gradient 1.000, dev F1 20.0\nepoch 3: loss 1.0000, gradient 1.000, dev F1 30.0\n",
  );
  const json = await weft(["watch", folder, "--json"]);
  expect(
    json.out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual(events);
});

test("the gradient of the risk is shown beside that of the local losses", async () => {
  const ratios = [0.0001567, 0.0923, undefined];
  log(events.map((event, k) => ("loss" in event ? { ...event, riskRatio: ratios[k / 2] } : event)));
  writeFileSync(join(folder, "report.json"), "{}");
  const { out } = await weft(["watch", folder]);
  expect(out.split("\n").map((line) => line.split("risk ÷ local gradient ")[1])).toEqual([
    "1.6e-4",
    "0.092",
    undefined,
    undefined,
  ]);
  expect((await weft(["watch", folder, "--once"])).out).toMatch(/ risk ÷ local gradient\n.*\n.* 1\.6e-4\n.* 0\.092\n/u);
});

test("steps reach the log during an epoch", async () => {
  writeTinyCorpus(folder);
  writeFileSync(
    join(folder, "weft.yaml"),
    "data: { train: train.jsonl, dev: dev.jsonl }\nmodel: { name: rin, rounds: 0, inputs: { words: { size: 4 } }, hiddenSize: 4 }\ntraining: { epochs: 1, batch: 2 }\n",
  );
  const config = resolvePaths(await readConfig(join(folder, "weft.yaml"), trainConfigSchema()));
  const run = join(folder, "run");
  const lines: number[] = [];
  for await (const { kind } of trainRun({ config, folder: run, threads: 1 })) {
    if (kind === "checkpoint") break;
    if (kind !== "step") continue;
    await sleep(300);
    lines.push(readFileSync(join(run, "events.jsonl"), "utf8").split("\n").length - 1);
  }
  expect(lines.length).toBeGreaterThan(4);
  expect(lines.at(-1)).toBeGreaterThan(2);
  expect((await weft(["watch", run, "--once"])).out).toMatch(/running · epoch 1 · step \d+/);
});

test("a missing run is an error", async () => {
  const { code, err } = await weft(["watch", join(folder, "none")]);
  expect(code).toBe(1);
  expect(err).toContain("there is no such run (FILE_MISSING)");
  expect((await weft(["watch", folder, "--once"])).out).toContain("no step yet");
});
