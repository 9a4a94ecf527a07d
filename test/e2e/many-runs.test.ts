import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { jsonLines, lines, writeTinyCorpus } from "./tiny-corpus.ts";
import { weft } from "./weft-command.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-many-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeAll(() => void writeTinyCorpus(folder));

/** One epoch with deterministic kernels: the same numbers on every machine. */
const quick = ["--deterministic", "--threads", "2", "--set", "training.epochs=1"];
const run = async (...args: string[]) => weft(args, { cwd: folder });
const sha256 = (...path: string[]): string =>
  createHash("sha256")
    .update(readFileSync(join(folder, ...path)))
    .digest("hex");
const json = <Value = Record<string, unknown>>(...path: string[]): Value =>
  JSON.parse(readFileSync(join(folder, ...path), "utf8")) as Value;
const sampleDeviation = (values: readonly number[]): number => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
};

interface Summary {
  readonly n: number;
  readonly seeds: readonly number[];
  readonly failed: readonly string[];
  readonly dev: readonly { protocol: string; micro: { f1: { values: number[]; mean: number; deviation: number } } }[];
  readonly test: readonly { protocol: string; micro: { f1: { values: number[] } } }[] | null;
}
interface RunReport {
  readonly dev: { protocols: Record<string, { micro: { f1: number } }> };
}

describe("weft repeat", () => {
  test("trains the same bytes as weft train, in sequence or in parallel, and summarises", async () => {
    const { code, out, err } = await run("repeat", "weft.yaml", "--seeds", "3", ...quick, "--run", "r", "--json");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect((await run("repeat", "weft.yaml", "--seeds", "1,3", ...quick, "--run", "at-a-time", "--jobs", "2")).code).toBe(0);
    expect((await run("train", "weft.yaml", "--seed", "3", ...quick, "--run", "alone")).code).toBe(0);
    for (const file of ["model/model.safetensors", "model/README.md", "report.json", "events.jsonl", "config.yaml"]) {
      expect(sha256("r/seed-3", file), file).toBe(sha256("alone", file));
      expect(sha256("at-a-time/seed-3", file), file).toBe(sha256("alone", file));
    }
    const summary = JSON.parse(out) as Summary;
    expect(summary).toEqual(json("r/report.json"));
    expect(summary).toMatchObject({ seeds: [1, 2, 3], n: 3, failed: [] });
    expect(summary.dev.map(({ protocol }) => protocol)).toEqual(["strict", "boundaries", "ner-strict", "ner-boundaries"]);
    expect(summary.test).toHaveLength(4);
    const own = summary.dev.find(({ protocol }) => protocol === "ner-boundaries")?.micro.f1;
    const each = [1, 2, 3].map((seed) => json<RunReport>(`r/seed-${seed}/report.json`).dev.protocols["ner-boundaries"]?.micro.f1);
    expect(own?.values).toEqual(each);
    expect(own?.deviation).toBeCloseTo(sampleDeviation(own?.values ?? []));
    const page = readFileSync(join(folder, "r/report.html"), "utf8");
    expect(page).toContain("<svg");
    expect(page).not.toMatch(/<script|src=|href=/u);
  });

  test("does not repeat finished runs, and rescores them by other protocols or on other data without training", async () => {
    const before = statSync(join(folder, "r/seed-1/report.json")).mtimeMs;
    writeFileSync(join(folder, "more.jsonl"), jsonLines(lines(7, 40)));
    const asked = ["--test", "more.jsonl", "-p", "ner-strict"];
    const { out, err } = await run("repeat", "weft.yaml", "--seeds", "2", ...quick, "--run", "r", ...asked);
    expect(err).toContain("2 of 2 runs already done");
    expect(out).toMatch(/test +ner-strict +micro +[\d.]+ ± [\d.]+ /u);
    expect(out).not.toContain("boundaries");
    expect(out).toContain("n = 2");
    // These have no intervals: a summary's ± is over the runs.
    expect(json<object>("r/seed-1/scores.json")).toMatchObject({ test: { sentences: 7, intervals: null } });
    expect(json<object>("r/seed-1/report.json")).toMatchObject({ dev: { intervals: { resamples: 1000 } } });
    const scored = statSync(join(folder, "r/seed-1/scores.json")).mtimeMs;
    await run("repeat", "weft.yaml", "--seeds", "2", ...quick, "--run", "r", ...asked);
    expect(statSync(join(folder, "r/seed-1/scores.json")).mtimeMs).toBe(scored);
    expect(statSync(join(folder, "r/seed-1/report.json")).mtimeMs).toBe(before);
  });

  test("refuses a folder with runs of another configuration, and does not damage it", async () => {
    const before = sha256("r/seed-1/report.json");
    const { code, err } = await run("repeat", "weft.yaml", "--seeds", "1", ...quick, "--run", "r", "--set", "model.rounds=2");
    expect(code).toBe(1);
    expect(err).toContain("seed-1: this folder holds a finished run of another configuration (RUN_EXISTS)");
    expect(sha256("r/seed-1/report.json")).toBe(before);
  });

  test.each<[string[], string]>([
    [["--seeds", "0"], "--seeds takes a number of seeds or a list"],
    [["--seeds", "1,1"], "--seeds takes a number of seeds or a list"],
    [["--seeds", "a"], "--seeds takes a number of seeds or a list"],
    [["-p", "strct"], 'there is no protocol "strct"'],
  ])("%j is a usage error", async (args, message) => {
    const { code, err } = await run("repeat", "weft.yaml", "--run", "none", ...args);
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(existsSync(join(folder, "none"))).toBe(false);
  });

  test("finds a wrong setting and a missing file before anything runs", async () => {
    const wrong = await run("repeat", "weft.yaml", "--run", "none", "--set", "model.rouns=1");
    expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining("did you mean rounds?") as string });
    const missing = await run("repeat", "weft.yaml", "--run", "none", "--test", "nowhere.jsonl");
    expect(missing).toMatchObject({ code: 1, err: expect.stringContaining("nowhere.jsonl: there is no such file") as string });
    expect(existsSync(join(folder, "none"))).toBe(false);
  });

  test("a failed run does not affect the others, is named with its reason, and is retried", async () => {
    // A folder in place of a file of the run: the run fails until it is removed.
    mkdirSync(join(folder, "one-fails/seed-1/config.yaml"), { recursive: true });
    const args = ["repeat", "weft.yaml", "--seeds", "2", ...quick, "--run", "one-fails"];
    const { code, out, err } = await run(...args, "--json");
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ n: 1, failed: ["seed-1"], seeds: [1, 2] });
    const { error } = JSON.parse(err) as { error: { code: string; message: string; others: { message: string }[] } };
    expect(error).toMatchObject({ code: "RUN_FAILED", message: "1 of 2 runs failed" });
    expect(error.others[0]?.message).toContain("seed-1: ");
    rmSync(join(folder, "one-fails/seed-1"), { recursive: true });
    const again = await run(...args);
    expect(again).toMatchObject({ code: 0, err: expect.stringContaining("1 of 2 runs already done") as string });
  });

  test("with --fail-fast the first failure ends the command", async () => {
    mkdirSync(join(folder, "fast/seed-1/config.yaml"), { recursive: true });
    const { code } = await run("repeat", "weft.yaml", "--seeds", "2", ...quick, "--run", "fast", "--fail-fast");
    expect(code).toBe(1);
    expect(existsSync(join(folder, "fast/seed-2"))).toBe(false);
  });

  test.each(["1", "2"])(
    "stopped by Ctrl-C with %s at a time it ends with 130, says how to continue, and resumes to the same bytes",
    async (jobs) => {
      const long = ["repeat", "weft.yaml", "--seeds", "2", "--deterministic", "--threads", "2", "--set", "training.epochs=80"];
      const stopped = `stopped-${jobs}`;
      const args = [...long, "--jobs", jobs, "--run", stopped];
      const stop = async () =>
        interrupted([...args, "--checkpoint-seconds", "0"], join(folder, stopped, "seed-1/checkpoints/last.safetensors"));
      let ended = await stop();
      // If this process was not scheduled in time, the signal came too late, and another must be
      // sent.
      while (existsSync(join(folder, stopped, "seed-1/report.json"))) {
        rmSync(join(folder, stopped), { recursive: true });
        ended = await stop();
      }
      expect(ended.code).toBe(130);
      expect(ended.err).toMatch(/stopped with \d of 2 runs done; run the same command to continue/u);
      expect((await run(...args)).code).toBe(0);
      expect((await run(...long, "--run", "undisturbed")).code).toBe(0);
      for (const file of ["model/model.safetensors", "report.json", "events.jsonl"]) {
        expect(sha256(stopped, "seed-1", file), file).toBe(sha256("undisturbed/seed-1", file));
      }
    },
  );
});

describe("weft cv", () => {
  /** Four documents of a few sentences each, and sentences without a document. */
  const withDocuments = (): unknown[] =>
    lines(18).map((line, index) => (index < 14 ? { ...line, doc: `document-${index % 4}` } : line));
  const read = (path: string): { id: string; meta?: { doc: string } }[] =>
    readFileSync(join(folder, path), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { id: string; meta?: { doc: string } });
  const args = ["cv", "documents.yaml", "--folds", "3", ...quick, "--run", "cv"];

  beforeAll(() => {
    writeFileSync(join(folder, "documents.jsonl"), jsonLines(withDocuments()));
    const config = readFileSync(join(folder, "weft.yaml"), "utf8").replace("train.jsonl", "documents.jsonl");
    writeFileSync(join(folder, "documents.yaml"), config);
  });

  test("tests every sentence once, keeps documents whole, and reports mean of folds and pooled scores", async () => {
    const { code, out, err } = await run(...args);
    expect(code).toBe(0);
    expect(err).toContain("18 sentences in 3 folds by document");
    expect(out).toMatch(/strict +micro, mean of folds/u);
    expect(out).toMatch(/strict +micro, pooled/u);
    const tested = [1, 2, 3].flatMap((fold) => read(`cv/folds/${fold}/test.jsonl`).map(({ id }) => Number(id)));
    expect(tested.sort((a, b) => a - b)).toEqual(Array.from({ length: 18 }, (_, index) => index));
    for (const fold of [1, 2, 3]) {
      const parts = ["train", "dev", "test"].map((part) => read(`cv/folds/${fold}/${part}.jsonl`));
      expect(parts.flat()).toHaveLength(18);
      const documents = parts.flatMap((part) => [...new Set(part.flatMap(({ meta }) => meta?.doc ?? []))]);
      expect(documents.sort()).toEqual(["document-0", "document-1", "document-2", "document-3"]);
    }
    const report = json<{ pooled: { protocol: string; micro: { gold: number; correct: number; f1: number } }[]; n: number }>(
      "cv/report.json",
    );
    expect(report.n).toBe(3);
    const gold = lines(18).reduce((sum, { relations }) => sum + relations.length, 0);
    expect(report.pooled[0]).toMatchObject({ protocol: "strict", micro: { gold } });
    expect(existsSync(join(folder, "cv/report.html"))).toBe(true);
  });

  test("gives the same with the same seed, and each fold equals weft train on its files", async () => {
    expect((await run(...args)).err).toContain("3 of 3 runs already done");
    await run(...args.slice(0, -1), "cv-again");
    for (const part of ["1/train", "2/dev", "3/test"]) {
      expect(sha256(`cv-again/folds/${part}.jsonl`)).toBe(sha256(`cv/folds/${part}.jsonl`));
    }
    expect(sha256("cv-again/fold-2/model/model.safetensors")).toBe(sha256("cv/fold-2/model/model.safetensors"));
    const data = ["train", "dev", "test"].flatMap((part) => ["--set", `data.${part}=cv/folds/2/${part}.jsonl`]);
    await run("train", "documents.yaml", ...quick, ...data, "--run", "fold-alone");
    expect(sha256("fold-alone/model/model.safetensors")).toBe(sha256("cv/fold-2/model/model.safetensors"));
  });

  test("pools dev, test and files, and refuses to mix with existing folds", async () => {
    const { err } = await run(
      "cv",
      "weft.yaml",
      "--folds",
      "2",
      ...quick,
      "--run",
      "pooled",
      "--pool",
      "dev,test,documents.jsonl",
    );
    expect(err).toContain("46 sentences in 2 folds");
    const other = await run(...args, "--fold-seed", "2");
    expect(other).toMatchObject({ code: 1, err: expect.stringContaining("folds of other data") as string });
    const twice = await run(...args, "--pool", "documents.jsonl");
    expect(twice).toMatchObject({ code: 2, err: expect.stringContaining("twice") as string });
    const many = await run("cv", "documents.yaml", "--folds", "9", "--run", "many");
    expect(many).toMatchObject({ code: 1, err: expect.stringContaining("8 documents are too few for 9 folds") as string });
  });
});

describe("weft sweep", () => {
  const args = ["sweep", "weft.yaml", ...quick, "--set", "training.epochs=2", "--run", "sweep", "--seeds", "2"];
  const grid = ["--grid", "model.rounds=0,1", "--grid", "optimizer.rate=0.01,0.05"];
  interface Sweep {
    readonly best: string;
    readonly protocols: string[];
    readonly points: { name: string; places: number[]; chosenBy: { values: number[]; mean: number } }[];
  }

  test("runs every combination with every seed, draws a heat map, and names the best on dev", async () => {
    const { code, out, err } = await run(...args, ...grid, "--jobs", "2", "--json", "-p", "strict,ner-boundaries");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const report = JSON.parse(out) as Sweep;
    expect(report.points.map(({ name }) => name)).toEqual([
      "model.rounds=0,optimizer.rate=0.01",
      "model.rounds=0,optimizer.rate=0.05",
      "model.rounds=1,optimizer.rate=0.01",
      "model.rounds=1,optimizer.rate=0.05",
    ]);
    expect(report.protocols).toEqual(["strict"]);
    const means = report.points.map(({ chosenBy }) => chosenBy.mean);
    expect(report.points.find(({ name }) => name === report.best)?.chosenBy.mean).toBe(Math.max(...means));
    const chosen = [1, 2].map(
      (seed) => json<{ best: { score: number } }>(`sweep/model.rounds=1,optimizer.rate=0.05/seed-${seed}/report.json`).best.score,
    );
    expect(report.points[3]?.chosenBy.values).toEqual(chosen);
    for (const picture of ["dev-strict.svg", "dev-ner-boundaries.svg"]) {
      const svg = readFileSync(join(folder, "sweep", picture), "utf8");
      expect(svg.match(/weft-number"/gu)).toHaveLength(4);
      expect(readFileSync(join(folder, "sweep/report.html"), "utf8")).toContain(svg.trim());
    }
  });

  test("trains only what a wider grid adds, and a point equals weft train with its settings", async () => {
    const { out, err } = await run(...args, "--grid", "model.rounds=0,1,2", "--grid", "optimizer.rate=0.05,0.01");
    expect(err).toContain("8 of 12 runs already done");
    expect(out).toMatch(/rounds +rate +dev F1 \(strict\)/u);
    expect(out).toContain("best on dev: model.rounds=");
    const set = ["--set", "training.epochs=2", "--set", "model.rounds=1", "--set", "optimizer.rate=0.05"];
    await run("train", "weft.yaml", ...quick, ...set, "--seed", "2", "--run", "point-alone");
    expect(sha256("sweep/model.rounds=1,optimizer.rate=0.05/seed-2/model/model.safetensors")).toBe(
      sha256("point-alone/model/model.safetensors"),
    );
  });

  test("one axis of numbers gives a curve, one of names gives bars; the seed defaults to the configuration's", async () => {
    await run("sweep", "weft.yaml", ...quick, "--grid", "training.batch=6,3", "--run", "curve");
    expect(existsSync(join(folder, "curve/training.batch=3/seed-5/report.json"))).toBe(true);
    expect(readFileSync(join(folder, "curve/dev-strict.svg"), "utf8")).toMatch(/training\.batch/u);
    await run("sweep", "weft.yaml", ...quick, "--grid", "model.cell=gru,paper", "--run", "bars");
    expect(readFileSync(join(folder, "bars/dev-strict.svg"), "utf8")).toContain("<title>gru, dev: ");
  });

  test("finds an invalid value of a setting before anything runs", async () => {
    const { code, err } = await run(...args.slice(0, -3), "bad", "--seeds", "1", "--grid", "model.rounds=1,2,-1");
    expect(code).toBe(1);
    expect(err).toContain("model.rounds: expected a number of at least 0, found -1");
    expect(existsSync(join(folder, "bad"))).toBe(false);
    expect((await run("sweep", "weft.yaml")).err).toContain("weft sweep needs a --grid");
  });
});

/** Sends SIGINT to the command when a file has appeared, like an impatient user. */
async function interrupted(args: readonly string[], file: string): Promise<{ code: number | null; err: string }> {
  const path = fileURLToPath(new URL("../../packages/weft/bin/weft.js", import.meta.url));
  const child: ChildProcess = spawn(process.execPath, [path, ...args], { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
  let err = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (err += text));
  const closed = new Promise<number | null>((resolve) => child.on("close", resolve));
  // Only once: a second signal ends the program immediately.
  const poll = setInterval(() => {
    if (!existsSync(file)) return;
    clearInterval(poll);
    child.kill("SIGINT");
  }, 5);
  const code = await closed;
  clearInterval(poll);
  return { code, err };
}
