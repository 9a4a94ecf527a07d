import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bestBuild, Random } from "@weft-nlp/tensor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { prepareKernels } from "../../packages/node/src/workers/prepare-kernels.ts";
import { type Killed, trainJson } from "./killed-run.ts";
import { jsonLines, lines, writeTinyCorpus } from "./tiny-corpus.ts";
import { weft } from "./weft-command.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-training-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeAll(() => void writeTinyCorpus(folder));

/** Deterministic kernels, so that results do not depend on the machine. */
const train = (run: string, ...more: string[]): string[] => ["weft.yaml", "--run", run, "--deterministic", ...more];
const sha256 = (run: string, file = "model/model.safetensors"): string =>
  createHash("sha256")
    .update(readFileSync(join(folder, run, file)))
    .digest("hex");

describe("a whole training", () => {
  test("writes a complete run folder, and prints its numbers on standard output", async () => {
    const { code, out, err } = await weft(["train", ...train("whole")], { cwd: folder });
    expect(code).toBe(0);
    expect(err).toContain("18 sentences to learn from, 5 in dev");
    expect(err).toContain("2 relation types");
    expect(out).toMatch(/dev[\s\S]*strict[\s\S]*test[\s\S]*strict/);
    const found = readdirSync(join(folder, "whole"), { recursive: true }).map(String).sort();
    expect(found.filter((name) => name.includes("."))).toEqual([
      "checkpoints/last.safetensors",
      "config.yaml",
      "events.jsonl",
      "loss.svg",
      "model/README.md",
      "model/config.json",
      "model/model.safetensors",
      "model/vocab.json",
      "report.json",
      "score.svg",
      "state.json",
    ]);
    const events = readFileSync(join(folder, "whole/events.jsonl"), "utf8").trim().split("\n");
    expect(events.map((line) => (JSON.parse(line) as { kind: string }).kind).join(" ")).toBe(
      new Array(4).fill("step step step evaluation").join(" "),
    );
    expect(JSON.parse(readFileSync(join(folder, "whole/report.json"), "utf8"))).toMatchObject({
      epochs: 4,
      dev: { protocols: { strict: {} } },
      test: { protocols: { strict: {} } },
    });
    expect(readFileSync(join(folder, "whole/model/README.md"), "utf8")).not.toContain(folder);
  });

  test("with --json every event is a line, from start to done", async () => {
    const { code, out, err } = await weft(["train", ...train("json"), "--json", "--set", "training.epochs=1"], { cwd: folder });
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const events = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { kind: string });
    expect(events.map(({ kind }) => kind)).toEqual(["vectors", "start", "step", "step", "step", "evaluation", "end", "done"]);
  });

  test("gives the same bytes for 1, 2 and 3 threads and from its own config.yaml, and other bytes for another seed", async () => {
    for (const threads of ["1", "2", "3"]) {
      expect((await weft(["train", ...train(`threads-${threads}`, "--threads", threads)], { cwd: folder })).code).toBe(0);
      expect(sha256(`threads-${threads}`), `${threads} threads`).toBe(sha256("threads-1"));
      expect(sha256(`threads-${threads}`, "events.jsonl")).toBe(sha256("threads-1", "events.jsonl"));
      expect(sha256(`threads-${threads}`, "report.json")).toBe(sha256("threads-1", "report.json"));
    }
    await weft(["train", ...train("other-seed", "--seed", "6")], { cwd: folder });
    expect(sha256("other-seed")).not.toBe(sha256("threads-1"));
    const again = ["threads-1/config.yaml", "--run", "again", "--deterministic"];
    expect((await weft(["train", ...again], { cwd: folder })).code).toBe(0);
    expect(sha256("again")).toBe(sha256("threads-1"));
  });

  test("refuses an existing run folder", async () => {
    const before = sha256("threads-1", "events.jsonl");
    const { code, out, err } = await weft(["train", ...train("threads-1")], { cwd: folder });
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain("threads-1: this folder already holds a run (RUN_EXISTS)");
    expect(err).toContain("--resume");
    expect(sha256("threads-1", "events.jsonl")).toBe(before);
  });

  test("ends at once when resumed after its end, and changes nothing", async () => {
    const before = sha256("threads-1");
    const { code, lines: events } = await trainJson(train("threads-1", "--resume"), folder);
    expect(code).toBe(0);
    expect(events.map((line) => (JSON.parse(line) as { kind: string }).kind)).toEqual(["start", "end", "done"]);
    expect(sha256("threads-1")).toBe(before);
  });
});

describe("a training that is stopped", () => {
  /** 80 epochs of 4 lines each, with a checkpoint after every one. */
  const long = (run: string, ...more: string[]): string[] =>
    train(run, "--set", "training.epochs=80", "--checkpoint-seconds", "0", ...more);
  const stepsDone = ({ lines: [start] }: Killed): number => (JSON.parse(start ?? "{}") as { stepsDone: number }).stepsDone;

  beforeAll(async () => {
    const { code, err } = await trainJson(long("undisturbed", "--threads", "2"), folder);
    if (code !== 0) throw new Error(`the run that all others are compared with failed: ${err}`);
  });

  const outcome = (run: string): Record<string, string> =>
    Object.fromEntries(
      [
        "model/model.safetensors",
        "model/vocab.json",
        "events.jsonl",
        "report.json",
        "score.svg",
        "checkpoints/last.safetensors",
      ].map((file) => [file, sha256(run, file)]),
    );

  test.each([4711, 4712])("by kill -9 at three random moments still gives the same bytes, seed %i", async (seed) => {
    const random = Random.of(seed, "kill");
    const run = `killed-${seed}`;
    const reached: number[] = [];
    for (let kill = 0; kill < 3; kill++) {
      const stop = { signal: "SIGKILL", afterLines: 8 + random.integer(40), andMs: 10 * random.next() } as const;
      const more = [...(kill === 0 ? [] : ["--resume"]), "--threads", `${1 + random.integer(2)}`];
      const stopped = await trainJson(long(run, ...more), folder, stop);
      expect(stopped).toMatchObject({ code: null, signal: "SIGKILL" });
      expect(existsSync(join(folder, run, "report.json"))).toBe(false);
      reached.push(stepsDone(stopped));
    }
    const last = await trainJson(long(run, "--resume", "--threads", "2"), folder);
    expect(last.code).toBe(0);
    reached.push(stepsDone(last));
    expect(reached[0]).toBe(0);
    expect(reached).toEqual([...new Set(reached)].sort((x, y) => x - y));
    expect(outcome(run)).toEqual(outcome("undisturbed"));
  });

  test.each<[NodeJS.Signals, number]>([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ])("by %s ends with %i and no message, and resumes to the same bytes", async (signal, exitCode) => {
    const run = `stopped-${signal}`;
    const stopped = await trainJson(long(run), folder, { signal, afterLines: 20 });
    expect({ code: stopped.code, signal: stopped.signal, err: stopped.err }).toEqual({ code: exitCode, signal: null, err: "" });
    const refused = await weft(["train", ...long(run)], { cwd: folder });
    expect(refused.err).toContain("(RUN_EXISTS)");
    const last = await trainJson(long(run, "--resume"), folder);
    expect(last.code).toBe(0);
    expect(stepsDone(last)).toBeGreaterThan(0);
    expect(outcome(run)).toEqual(outcome("undisturbed"));
  });

  test("is not resumed with another configuration or other data, and stays intact", async () => {
    const before = outcome("undisturbed");
    for (const more of [
      ["--set", "model.rounds=2"],
      ["--seed", "6"],
      ["--set", "training.epochs=81"],
    ]) {
      const { code, out, err } = await weft(["train", ...long("undisturbed", "--resume"), ...more], { cwd: folder });
      expect({ code, out }).toEqual({ code: 1, out: "" });
      expect(err).toContain("last.safetensors: the checkpoint belongs to a training with another configuration or other data");
      expect(err).toContain("(CHECKPOINT_MISMATCH)");
    }
    writeFileSync(join(folder, "other.jsonl"), jsonLines(lines(17)));
    const other = await weft(["train", ...long("undisturbed", "--resume", "--set", "data.train=other.jsonl")], { cwd: folder });
    expect(other.err).toContain("(CHECKPOINT_MISMATCH)");
    expect(outcome("undisturbed")).toEqual(before);
  });

  test("before its first checkpoint starts from scratch, and its config.yaml records the settings", async () => {
    const late = ["--checkpoint-seconds", "1000"];
    await trainJson(long("early", ...late), folder, { signal: "SIGKILL", afterLines: 1 });
    expect(readdirSync(join(folder, "early/checkpoints"))).toEqual([]);
    const changed = ["--set", "model.rounds=0", ...late];
    expect((await weft(["train", ...train("early", "--resume", ...changed)], { cwd: folder })).code).toBe(0);
    expect(readFileSync(join(folder, "early/config.yaml"), "utf8")).toContain("rounds: 0");
    await weft(["train", ...train("late", ...changed)], { cwd: folder });
    expect(outcome("early")).toEqual(outcome("late"));
  });

  test("warns when it resumes with different kernels", async () => {
    await trainJson(long("moved"), folder, { signal: "SIGKILL", afterLines: 12 });
    const args = long("moved", "--resume").filter((arg) => arg !== "--deterministic");
    // Without native kernels and relaxed SIMD, the fastest ones are those that it began with.
    prepareKernels();
    const best = bestBuild();
    const other = best !== "baseline";
    const { code, err } = await weft(["train", ...args], { cwd: folder });
    expect(code).toBe(0);
    expect(err.includes("warning: the checkpoint was computed with different kernels (baseline ones, ")).toBe(other);
    const [start] = (await trainJson(long("moved", "--resume"), folder)).lines;
    expect((JSON.parse(start ?? "{}") as { otherKernels?: string }).otherKernels?.startsWith(`${best} `)).toBe(
      other || undefined,
    );
  });

  test("is not started by --resume: a mistyped folder is an error that names the run, and is not created", async () => {
    for (const [run, hint] of [
      ["undistrubed", "omit --resume to begin one here, or resume undisturbed"],
      ["nothing/alike", "omit --resume to begin one here"],
    ] as const) {
      const { code, out, err } = await weft(["train", ...long(run, "--resume")], { cwd: folder });
      expect({ code, out }).toEqual({ code: 1, out: "" });
      expect(err).toBe(`${run}: there is no such run to resume (RUN_MISSING)\n  → ${hint}\n`);
      expect(existsSync(join(folder, run))).toBe(false);
    }
  });

  test("resumes from the checkpoint before a truncated one, and not at all if both are", async () => {
    await trainJson(long("cut"), folder, { signal: "SIGKILL", afterLines: 12 });
    const cut = (name: string): void => {
      const path = join(folder, "cut/checkpoints", name);
      writeFileSync(path, readFileSync(path).subarray(0, -100));
    };
    cut("last.safetensors");
    const { code, err } = await weft(["train", ...long("cut", "--resume")], { cwd: folder });
    expect(code).toBe(0);
    expect(err).toMatch(
      /warning: cut\/checkpoints\/last\.safetensors: the data should take \d+ bytes, but there are \d+; resuming from the checkpoint before it/,
    );
    expect(outcome("cut")).toEqual(outcome("undisturbed"));
    cut("last.safetensors");
    cut("previous.safetensors");
    const refused = await weft(["train", ...long("cut", "--resume")], { cwd: folder });
    expect(refused.code).toBe(1);
    expect(refused.err).toMatch(/last\.safetensors: the data should take \d+ bytes, but there are \d+ \(ARCHIVE_INVALID\)/);
  });

  test("is refused while another process trains in its folder", async () => {
    const first = trainJson(long("shared"), folder);
    await expect.poll(() => existsSync(join(folder, "shared/.lock"))).toBe(true);
    const second = await weft(["train", ...long("shared", "--resume")], { cwd: folder });
    expect(second.code).toBe(1);
    expect(second.err).toMatch(/shared: process \d+ on .* trains in this folder \(FILE_IN_USE\)/);
    expect((await first).code).toBe(0);
    expect(outcome("shared")).toEqual(outcome("undisturbed"));
  });
});
