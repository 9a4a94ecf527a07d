import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeTinyCorpus } from "./tiny-corpus.ts";
import { weft } from "./weft-command.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-merge-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = async (...args: string[]) => weft(args, { cwd: folder });

interface Merged {
  readonly model: string;
  readonly protocol: string;
  readonly members: readonly number[];
  readonly report: { readonly protocols: Record<string, { readonly micro: { readonly f1: number } }> };
}

beforeAll(async () => {
  writeTinyCorpus(folder);
  for (const seed of [1, 2, 3]) {
    const args = [
      "weft.yaml",
      "--seed",
      `${seed}`,
      "--run",
      `run-${seed}`,
      "--set",
      "training.epochs=40",
      "training.patience=0",
      "training.ties=first",
      "optimizer.rate=0.03",
      "model.wordDropout=0",
      "--deterministic",
    ];
    const { code, err } = await run("train", ...args);
    if (code !== 0) throw new Error(err);
  }
});

describe("weft merge", () => {
  test("makes a model folder that every command takes, with scores next to its members'", async () => {
    const merged = await run("merge", "run-1", "run-2", "run-3", "-o", "all/three", "--json", "--deterministic");
    expect(merged.err).toBe("");
    const found = JSON.parse(merged.out) as Merged;
    expect(found).toMatchObject({ model: "all/three", protocol: "strict" });
    expect(readdirSync(join(folder, "all/three")).sort()).toEqual([
      "README.md",
      "config.json",
      "model.safetensors",
      "vocab.json",
    ]);
    for (const [k, f1] of found.members.entries()) {
      const alone = await run("evaluate", `run-${k + 1}`, "dev.jsonl", "--json", "--deterministic");
      expect((JSON.parse(alone.out) as Merged["report"]).protocols["strict"]?.micro.f1).toBe(f1);
    }
    const evaluated = await run("evaluate", "all/three", "dev.jsonl", "--json", "--deterministic");
    const { protocols } = JSON.parse(evaluated.out) as Merged["report"];
    expect(protocols["strict"]?.micro).toEqual(found.report.protocols["strict"]?.micro);
    const card = readFileSync(join(folder, "all/three/README.md"), "utf8");
    expect(card).toMatch(/# 3 × rin/);
    expect(card).not.toContain(folder);
  });

  test("extracts the same bytes with one, two and three threads, and can be calibrated", async () => {
    await run("merge", "run-1", "run-2", "-o", "two", "--deterministic");
    const outputs = [];
    for (const threads of ["1", "2", "3"]) {
      outputs.push((await run("extract", "two", "train.jsonl", "--threads", threads, "--deterministic")).out);
    }
    expect(outputs[0]).toContain('"entities":[{');
    expect(new Set(outputs).size).toBe(1);
    const calibrated = await run("calibrate", "two", "--data", "train.jsonl", "--deterministic");
    expect(calibrated.code).toBe(0);
    expect(JSON.parse(readFileSync(join(folder, "two/config.json"), "utf8"))).toMatchObject({
      members: 2,
      calibration: { rawThreshold: 0.5 },
    });
  });

  test("meets constraints that it is given, with one, two and three threads", async () => {
    for (const out of ["free", "strict"]) await run("merge", "run-1", "run-2", "-o", out, "--deterministic");
    writeFileSync(join(folder, "rules.yaml"), "onePerPair: unordered\nnoSelf: true\nrelations: {}\n");
    expect(await run("constraints", "strict", "--use", "rules.yaml")).toMatchObject({ code: 0 });
    expect(JSON.parse(readFileSync(join(folder, "strict/config.json"), "utf8"))).toMatchObject({
      members: 2,
      constraints: { onePerPair: "unordered", noSelf: true },
    });
    const pairsOf = (lines: string): string[] =>
      lines
        .trim()
        .split("\n")
        .flatMap((line, document) =>
          (JSON.parse(line) as { relations: { head: number; tail: number }[] }).relations.map(
            ({ head, tail }) => `${document} ${Math.min(head, tail)} ${Math.max(head, tail)}`,
          ),
        );
    const extracted = async (model: string, threads: string): Promise<string> =>
      (await run("extract", model, "train.jsonl", "--threshold", "0.001", "--threads", threads, "--deterministic")).out;
    const outputs = [await extracted("strict", "1"), await extracted("strict", "2"), await extracted("strict", "3")];
    expect(new Set(outputs).size).toBe(1);
    const [free, strict] = [await extracted("free", "1"), outputs[0] ?? ""].map(pairsOf) as [string[], string[]];
    expect(new Set(free).size).toBeLessThan(free.length);
    expect(strict.length).toBeGreaterThan(0);
    expect(new Set(strict).size).toBe(strict.length);
  });

  test("says what is wrong, and leaves nothing behind", async () => {
    const before = readdirSync(folder);
    const one = await run("merge", "run-1", "-o", "none");
    expect(one).toMatchObject({ code: 2 });
    expect(one.err).toContain("at least two runs");
    await run("train", "weft.yaml", "--run", "other", "--set", "model.rounds=2", "training.epochs=1", "--deterministic");
    const other = await run("merge", "run-1", "other", "-o", "none");
    expect(other.code).toBe(1);
    expect(other.err).toContain("run-1 and other differ in model.rounds (1 and 2)");
    expect(other.err).toContain("(MERGE_IMPOSSIBLE)");
    const full = await run("merge", "run-1", "run-2", "-o", "run-3");
    expect(full.err).toContain("(OUTPUT_EXISTS)");
    const model = await run("merge", "run-1/model", "run-2/model", "-o", "none");
    expect(model.err).toContain("--data");
    expect(readdirSync(folder).filter((name) => !before.includes(name))).toEqual(["other"]);
  });
});
