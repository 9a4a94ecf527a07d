import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { jsonLines, lines, writeTinyCorpus } from "./tiny-corpus.ts";
import { weft } from "./weft-command.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-curve-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
writeTinyCorpus(folder);
writeFileSync(join(folder, "all.jsonl"), jsonLines(lines(30)));
const inFolder = { cwd: folder };
const read = (path: string): string => readFileSync(join(folder, path), "utf8");
const changedMs = (path: string): number => statSync(join(folder, path)).mtimeMs;

test("trains growing parts, forecasts twice the data, and resumes with only what is new", async () => {
  const args = ["curve", "weft.yaml", "--shares", "0.25,0.5,1", "--run", "curve", "--threads", "1"];
  const first = await weft([...args, "--seeds", "1", "--json"], inFolder);
  expect(first.code, first.err).toBe(0);
  const report = JSON.parse(first.out);
  expect(report).toMatchObject({ kind: "curve", configuration: "weft.yaml", seeds: [1], failed: [], check: null });
  expect(
    report.shares.map(({ share, sentences, n }: { share: number; sentences: number; n: number }) => [share, sentences, n]),
  ).toEqual([
    [0.25, 5, 1],
    [0.5, 9, 1],
    [1, 18, 1],
  ]);
  expect(report.forecast).toMatchObject({ size: 36, confidence: 0.8 });
  expect(report.forecast.low).toBeLessThanOrEqual(report.forecast.high);
  expect(JSON.parse(read("curve/report.json"))).toEqual(report);
  expect(read("curve/curve.svg")).toContain("forecast");
  expect(read("curve/report.html")).toContain("Twice the data (36 sentences");
  const small = read("curve/subsets/0.25/seed-1.jsonl").trim().split("\n");
  expect(read("curve/subsets/0.5/seed-1.jsonl").split("\n")).toEqual(expect.arrayContaining(small));

  const before = changedMs("curve/share-1/seed-1/report.json");
  const more = await weft([...args, "--seeds", "2", "-p", "ner-strict"], inFolder);
  expect(more.code, more.err).toBe(0);
  expect(more.err).toContain("3 of 6 runs already done");
  expect(changedMs("curve/share-1/seed-1/report.json")).toBe(before);
  expect(existsSync(join(folder, "curve/share-0.5/seed-2/model"))).toBe(true);
  expect(more.out).toContain("dev F1 (ner-strict)");
  // Each run is what weft train gives on its part.
  const alone = await weft(
    [
      "train",
      "weft.yaml",
      "--run",
      "alone",
      "--seed",
      "1",
      "--threads",
      "1",
      "--set",
      "data.train=curve/subsets/0.5/seed-1.jsonl",
      "-q",
    ],
    inFolder,
  );
  expect(alone.code, alone.err).toBe(0);
  expect(readFileSync(join(folder, "alone/model/model.safetensors"))).toEqual(
    readFileSync(join(folder, "curve/share-0.5/seed-1/model/model.safetensors")),
  );
});

test("data without a configuration is divided first, and other data is refused in the same folder", async () => {
  const options = [
    "--shares",
    "1",
    "--seeds",
    "1",
    "--threads",
    "1",
    "--run",
    "data",
    "--set",
    "training.epochs=1",
    "--set",
    "model.hiddenSize=8",
  ];
  const { code, out, err } = await weft(["curve", "all.jsonl", ...options], inFolder);
  expect(code, err).toBe(0);
  expect(err).toContain("24 sentences of train and 6 sentences of dev in data/data");
  expect(out).toContain("Three shares or more are needed for a forecast.");
  expect((await weft(["curve", "all.jsonl", ...options, "-q"], inFolder)).code).toBe(0);
  const other = await weft(["curve", "train.jsonl", ...options], inFolder);
  expect(other.err).toContain("this folder holds a division of other files");
  for (const [args, message] of [
    [["weft.yaml", "--shares", "0,1"], "--shares takes different numbers above 0 and up to 1"],
    [["weft.yaml", "--dev", "dev.jsonl"], "--dev belongs to data without a configuration"],
  ] as const) {
    const wrong = await weft(["curve", ...args], inFolder);
    expect([wrong.code, wrong.err.includes(message)], wrong.err).toEqual([2, true]);
  }
});

test("data without a configuration is trained on as weft train would, each part as if it were all", async () => {
  writeFileSync(join(folder, "many.jsonl"), jsonLines(lines(400)));
  // A few sentences of it, since only the settings are of interest.
  const small = ["--set", "data.trainSentences=8", "--set", "model.hiddenSize=8", "--set", "training.batch=8"];
  const args = ["curve", "many.jsonl", "--dev", "dev.jsonl", "--shares", "0.5,1", "--seeds", "1", "--threads", "1"];
  const { code, err } = await weft([...args, ...small, "--run", "as-train"], inFolder);
  expect(code, err).toBe(0);
  expect(err).toContain("400 sentences of train in as-train/data");
  expect(err).toContain("trains as weft train would: joint-nn: entities have types");
  const planned = await weft(["init", "many.jsonl", "dev.jsonl", "-o", "init/weft.yaml", "--json"], inFolder);
  expect(planned.code, planned.err).toBe(0);
  const { epochs } = (JSON.parse(planned.out) as { settings: { training: { epochs: number } } }).settings.training;
  const epochsOf = (share: string): number =>
    Number(/epochs: (\d+)/.exec(read(`as-train/share-${share}/seed-1/config.yaml`))?.[1]);
  expect([epochsOf("1"), epochsOf("0.5")]).toEqual([epochs, 90]);
  expect(epochs).toBe(75);
});
