import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeTinyCorpus } from "./tiny-corpus.ts";
import { weft } from "./weft-command.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-run-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeAll(() => {
  writeTinyCorpus(folder);
  mkdirSync(join(folder, "plans"));
});

const run = async (...args: string[]) => weft(args, { cwd: folder });
const sha256 = (...path: string[]): string =>
  createHash("sha256")
    .update(readFileSync(join(folder, ...path)))
    .digest("hex");
const json = <Value = Record<string, unknown>>(...path: string[]): Value =>
  JSON.parse(readFileSync(join(folder, ...path), "utf8")) as Value;

describe("weft run", () => {
  const plan = `title: "Two trainings"
axis: K
seeds: [1, 2]
runs:
  - { name: k1, series: K, x: 1, config: ../weft.yaml, test: ../test.jsonl, protocol: "strict,ner-strict", set: [training.epochs=1] }
  - { name: k0, series: K, x: 0, config: ../weft.yaml, test: ../test.jsonl, protocol: strict, set: [training.epochs=1, model.rounds=0] }
  - { name: longer, init: k1, config: ../weft.yaml, test: ../test.jsonl, protocol: strict, seeds: [2], set: [training.epochs=1] }
`;
  const compute = ["--deterministic", "--threads", "2"];

  test("trains and scores every run of a plan, and only prints when repeated", async () => {
    writeFileSync(join(folder, "plans/plan.yaml"), plan);
    const { code, out, err } = await run("run", "plans/plan.yaml", ...compute);
    expect(code, err).toBe(0);
    expect(out).toMatch(/^Two trainings\n/);
    expect(out).toMatch(/^k1 +strict +[\d.]+ ± [\d.]+ .* 2$/mu);
    expect(out).toMatch(/^longer +strict +[\d.]+ +.* 1$/mu);
    const table = readFileSync(join(folder, "runs/plan/table.md"), "utf8");
    expect(table).toContain("| run | protocol | micro P | R | F1 | weighted P | R | F1 | memory F1 | seeds |\n|---|---|---:|");
    expect(table.match(/^\| (k1|k0|longer) \|/gm)).toHaveLength(4);
    expect(readFileSync(join(folder, "runs/plan/figure.svg"), "utf8")).toContain("Two trainings");

    const before = statSync(join(folder, "runs/plan/k1-1/report.json")).mtimeMs;
    const again = await run("run", "plans/plan.yaml", ...compute, "--json");
    expect(again).toMatchObject({ code: 0, err: "" });
    expect(statSync(join(folder, "runs/plan/k1-1/report.json")).mtimeMs).toBe(before);
    const report = JSON.parse(again.out) as { rows: { name: string; protocol: string; micro: { f1: { values: number[] } } }[] };
    expect(report).toMatchObject({ kind: "experiment", title: "Two trainings", axis: "K", failed: [] });
    expect(report).toEqual(json("runs/plan/report.json"));
    expect(report.rows.map(({ name, protocol }) => `${name} ${protocol}`)).toEqual([
      "k1 strict",
      "k1 ner-strict",
      "k0 strict",
      "longer strict",
    ]);
    const scored = [1, 2].map(
      (seed) =>
        json<{ test: { protocols: Record<string, { micro: { f1: number } }> } }>(`runs/plan/k1-${seed}/scores.json`).test
          .protocols["strict"]?.micro.f1,
    );
    expect(report.rows[0]?.micro.f1.values).toEqual(scored);
  });

  test("resumes: names a failed run, shows the others in the table, and retries it in the next call", async () => {
    mkdirSync(join(folder, "broken/k1-2/config.yaml"), { recursive: true });
    const args = ["run", "plans/plan.yaml", "--run", "broken", "--jobs", "2", ...compute];
    const { code, out, err } = await run(...args);
    expect(code).toBe(1);
    expect(out).toMatch(/^k1 +strict .* 1$/mu);
    expect(out).toMatch(/^longer +strict +– .* 0$/mu);
    expect(err).toContain("2 of 5 runs failed (RUN_FAILED)");
    rmSync(join(folder, "broken/k1-2"), { recursive: true });
    const resumed = await run(...args);
    expect(resumed.code, resumed.err).toBe(0);
    expect(resumed.err).toContain("3 of 5 runs already done");
    expect(sha256("broken/longer-2/model/model.safetensors")).toBe(sha256("runs/plan/longer-2/model/model.safetensors"));
  });

  test("does a part of the plan, with the runs that it starts from; the table has all that is finished", async () => {
    const part = ["run", "plans/plan.yaml", "--run", "part", ...compute];
    const first = await run(...part, "--only", "longer", "--seed", "2");
    expect(first.code, first.err).toBe(0);
    expect(readdirSync(join(folder, "part")).filter((name) => /-\d$/.test(name))).toEqual(["k1-2", "longer-2"]);
    const second = await run(...part, "--only", "k0", "--seed", "1");
    expect(second.code, second.err).toBe(0);
    expect(second.err).toContain("2 of 3 runs already done");
    expect(second.out).toMatch(/^k1 +strict .* 1$/mu);
    expect(second.out).toMatch(/^k0 +strict .* 1$/mu);
    expect(second.out).toMatch(/^longer +strict .* 1$/mu);
    expect(sha256("part/longer-2/model/model.safetensors")).toBe(sha256("runs/plan/longer-2/model/model.safetensors"));
  });

  test.each([
    [["--only", "k3"], 'the plan has no run called "k3" (USAGE_INVALID) → did you mean k1?'],
    [["--only", "other"], 'the plan has no run called "other" (USAGE_INVALID) → its runs are k1, k0, longer'],
    [["--only", "longer", "--seed", "1"], "none of these runs has the seed 1 (USAGE_INVALID) → the seeds are 2"],
    [["--seed", "one"], "expected whole numbers separated by commas"],
  ])("%j is refused before anything runs", async (args, message) => {
    const { code, err } = await run("run", "plans/plan.yaml", "--run", "refused", ...compute, ...args);
    expect(code).toBe(2);
    expect(err.replaceAll(/\s+/g, " ")).toContain(message);
    expect(existsSync(join(folder, "refused"))).toBe(false);
  });

  test("tests every fold of all of the data once, in place of several seeds", async () => {
    writeFileSync(
      join(folder, "plans/folds.yaml"),
      `title: "Folds"
seeds: [3]
runs:
  - { name: k0, folds: 2, config: ../weft.yaml, test: ../test.jsonl, protocol: strict, set: [training.epochs=1, model.rounds=0] }
  - { name: k1, folds: 2, config: ../weft.yaml, test: ../test.jsonl, protocol: strict, set: [training.epochs=1] }
`,
    );
    const { code, out, err } = await run("run", "plans/folds.yaml", "--only", "k0", ...compute);
    expect(code, err).toBe(0);
    expect(out).toMatch(/^k0 +strict +[\d.]+ ± [\d.]+ .* 2$/mu);
    const tested = [1, 2].flatMap((fold) =>
      readFileSync(join(folder, `runs/folds/k0-folds/${fold}/test.jsonl`), "utf8")
        .trimEnd()
        .split("\n"),
    );
    const all = ["train", "dev", "test"].flatMap((part) =>
      readFileSync(join(folder, `${part}.jsonl`), "utf8")
        .trimEnd()
        .split("\n"),
    );
    expect(tested).toHaveLength(all.length);
    expect(readdirSync(join(folder, "runs/folds")).filter((name) => name.startsWith("k1"))).toEqual([]);
    const configured = readFileSync(join(folder, "runs/folds/k0-fold-2/config.yaml"), "utf8");
    expect(configured).toContain("k0-folds/2/train.jsonl");
    expect(configured).toContain("seed: 3");
  });

  test.each<[string, string, string]>([
    [
      "folds that start from a run",
      plan.replace("init: k1", "init: k1, folds: 2"),
      "longer has folds, so it cannot start from k1",
    ],
    [
      "no earlier run has this name",
      plan.replace("init: k1", "init: k7"),
      "longer starts from k7, but no earlier run has that name",
    ],
    ["no earlier run has this seed", plan.replace("seeds: [2],", "seeds: [3],"), "no earlier run has that name and the seed 3"],
    ["a name twice", plan.replace("name: k0", "name: k1"), "two runs are called k1"],
    [
      "a protocol that does not exist",
      plan.replace("protocol: strict,", "protocol: strct,"),
      'no scoring protocol named "strct"',
    ],
    ["a key that does not exist", plan.replace("axis: K", "axes: K"), "did you mean axis?"],
  ])("%s: the plan is refused, with its line", async (_, text, message) => {
    writeFileSync(join(folder, "plans/wrong.yaml"), text);
    const { code, err } = await run("run", "plans/wrong.yaml", ...compute);
    expect(code).toBe(1);
    expect(err).toMatch(/^plans\/wrong\.yaml:\d+/u);
    expect(err).toContain(message);
    expect(existsSync(join(folder, "runs/wrong"))).toBe(false);
  });
});
