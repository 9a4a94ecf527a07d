import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { jsonLines, lines, writeTinyCorpus } from "./tiny-corpus.ts";
import { weft } from "./weft-command.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-calibrate-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const bytes = (path: string): string =>
  createHash("sha256")
    .update(readFileSync(join(folder, path)))
    .digest("hex");
const jsonOf = <Value>(path: string): Value => JSON.parse(readFileSync(join(folder, path), "utf8")) as Value;

interface Config {
  readonly threshold: number | Record<string, number>;
  readonly calibration?: { readonly scaling: object; readonly rawThreshold: number };
}

interface Decisions {
  readonly threshold: number | Record<string, number>;
  readonly score: { readonly precision: number; readonly f1: number; readonly predicted: number };
  readonly coOccurrence: Record<"gold" | "found", { readonly pairs: number; readonly claimed: number }>;
  readonly reliability: { readonly negativeLogLikelihood: number };
}

interface Report {
  readonly protocol: string;
  readonly scaling: object;
  readonly before: Decisions;
  readonly after: Decisions;
  readonly curve: readonly { readonly f1: number; readonly threshold: number }[];
}

/** A briefly trained classifier of pairs, which invents many relations. */
const config = `seed: 5
data: { train: train.jsonl, dev: dev.jsonl }
model: { name: pcnn, inputs: { words: { size: 8 }, tags: { size: 4 } }, positionSize: 4, filters: 8 }
optimizer: { rate: 0.01 }
training: { epochs: 6, batch: 6, chunk: 2, threshold: 0.3 }
`;

beforeAll(async () => {
  writeTinyCorpus(folder);
  writeFileSync(join(folder, "dev.jsonl"), jsonLines(lines(12, 18)));
  writeFileSync(join(folder, "pairs.yaml"), config);
  for (const args of [
    ["pairs.yaml", "--run", "trained"],
    ["weft.yaml", "--run", "rin", "--set", "training.epochs=12"],
  ]) {
    const { code, err } = await weft(["train", ...args, "--deterministic"], { cwd: folder });
    if (code !== 0) throw new Error(err);
  }
});

const calibrate = async (run: string, ...more: string[]) => weft(["calibrate", run, "--deterministic", ...more], { cwd: folder });

describe("weft calibrate", () => {
  test("fits to the run's dev data, reports what changed, and extract and evaluate use it", async () => {
    cpSync(join(folder, "trained"), join(folder, "a"), { recursive: true });
    const { code, out, err } = await calibrate("a");
    expect(code).toBe(0);
    expect(out).toMatch(/candidates? in 12 sentences of .*dev\.jsonl; scored by pairs; chosen for the best F1/);
    expect(out).toMatch(/claimed without a relation, gold pairs\s+\d/);
    expect(err).toContain("--reset undoes it");

    const report = jsonOf<Report>("a/calibration.json");
    const { threshold, calibration } = jsonOf<Config>("a/model/config.json");
    expect(calibration).toMatchObject({ scaling: report.scaling, rawThreshold: 0.3 });
    expect(threshold).toBe(report.after.threshold);
    expect(report.after.score.f1).toBeGreaterThanOrEqual(report.before.score.f1);
    expect(report.after.score.f1).toBeCloseTo(Math.max(...report.curve.map(({ f1 }) => f1)), 6);
    expect(report.after.reliability.negativeLogLikelihood).toBeLessThan(report.before.reliability.negativeLogLikelihood);
    expect(report.after.coOccurrence.gold).toEqual(report.after.coOccurrence.found);
    for (const picture of ["reliability.svg", "precision-recall.svg"]) expect(existsSync(join(folder, "a", picture))).toBe(true);
    const card = readFileSync(join(folder, "a/model/README.md"), "utf8");
    expect(card).toContain("## Relations that count");
    expect(card).not.toContain(folder);

    const evaluated = await weft(["evaluate", "a", "dev.jsonl", "--json", "--deterministic"], { cwd: folder });
    const scored = JSON.parse(evaluated.out) as { protocols: Record<string, { micro: object }>; coOccurrence: object };
    expect(scored.protocols["pairs"]?.micro).toEqual(report.after.score);
    expect(scored.coOccurrence).toEqual(report.after.coOccurrence);
    const lowest = await weft(["evaluate", "a", "dev.jsonl", "--json", "--threshold", "0.0001"], { cwd: folder });
    const all = JSON.parse(lowest.out) as { protocols: Record<string, { micro: { predicted: number } }> };
    expect(all.protocols["pairs"]?.micro.predicted).toBeGreaterThan(report.after.score.predicted);
    const extracted = await weft(["extract", "a", "dev.jsonl", "--deterministic"], { cwd: folder });
    const relations = extracted.out
      .trim()
      .split("\n")
      .flatMap((line) => (JSON.parse(line) as { relations: object[] }).relations);
    expect(relations).toHaveLength(report.after.score.predicted);
  });

  test("repeating it gives the same, since it starts from the uncalibrated model; --reset restores that", async () => {
    const before = ["a/model/config.json", "a/model/README.md", "a/calibration.json"].map(bytes);
    expect((await calibrate("a")).code).toBe(0);
    expect(["a/model/config.json", "a/model/README.md", "a/calibration.json"].map(bytes)).toEqual(before);
    const { code, out } = await calibrate("a", "--reset");
    expect(code).toBe(0);
    expect(out).toContain("threshold 0.3");
    expect(bytes("a/model/config.json")).toBe(bytes("trained/model/config.json"));
    expect(readFileSync(join(folder, "a/model/README.md"), "utf8").trim()).toBe(
      readFileSync(join(folder, "trained/model/README.md"), "utf8").trim(),
    );
  });

  test("chooses a threshold per type, or for a precision", async () => {
    cpSync(join(folder, "rin"), join(folder, "b"), { recursive: true });
    const byType = await calibrate("b", "--per-type", "--json");
    expect(byType.code).toBe(0);
    const report = JSON.parse(byType.out) as Report;
    expect(Object.keys(report.after.threshold)).toEqual(["based_in", "works_for"]);
    expect(report.protocol).toBe("strict");
    expect(jsonOf<Config>("b/model/config.json").threshold).toEqual(report.after.threshold);
    const common = JSON.parse((await calibrate("b", "--json")).out) as Report;
    expect(report.after.score.f1).toBeGreaterThanOrEqual(common.after.score.f1 - 1e-9);
    const precise = JSON.parse((await calibrate("b", "--precision", "0.95", "--json")).out) as Report;
    expect(precise.after.score.precision).toBeGreaterThanOrEqual(common.after.score.precision);
  });

  test("accepts a model's folder with --data, and keeps the report there", async () => {
    cpSync(join(folder, "trained/model"), join(folder, "alone"), { recursive: true });
    const refused = await calibrate("alone");
    expect(refused).toMatchObject({ code: 2, out: "" });
    expect(refused.err).toContain("name annotated sentences with --data");
    expect((await calibrate("alone", "--data", "test.jsonl", "-p", "boundaries")).code).toBe(0);
    expect(jsonOf<Report>("alone/calibration.json").protocol).toBe("boundaries");
  });

  test("reports what cannot be calibrated, and changes nothing", async () => {
    const before = bytes("alone/config.json");
    const bare = lines(4).map((line) => ({ ...line, entities: [], relations: [] }));
    writeFileSync(join(folder, "bare.jsonl"), jsonLines(bare));
    const nothing = await calibrate("alone", "--data", "bare.jsonl");
    expect(nothing.code).toBe(1);
    expect(nothing.err).toContain("(CALIBRATION_IMPOSSIBLE)");
    const entities = await calibrate("alone", "--data", "test.jsonl", "-p", "ner-strict");
    expect(entities.err).toContain("ner-strict counts entities, but thresholds are chosen by relations");
    expect(bytes("alone/config.json")).toBe(before);
  });
});
