import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { WeftError } from "@weft-nlp/core";
import { type TrainConfig, trainConfigSchema } from "@weft-nlp/core/training";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readConfig } from "../files/config-file.ts";
import { resolvePaths } from "./resolve-paths.ts";
import { type RunEvent, trainRun } from "./train-run.ts";

const root = mkdtempSync(join(tmpdir(), "weft-resume-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const at = (...names: string[]): string => join(root, ...names);

let config: TrainConfig;

/** Trains until the end, or until a checkpoint of this epoch is written. */
async function train(name: string, resume: boolean, until?: number): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  const run = { config, folder: at(name), threads: 1, checkpointSeconds: 0, resume, deterministic: true };
  for await (const event of trainRun(run)) {
    events.push(event);
    if (event.kind === "step" && event.epoch === (until ?? 0) + 1 && until !== undefined) break;
  }
  return events;
}

/** A copy of the run that was stopped after two epochs. */
function stopped(name: string): string {
  cpSync(at("stopped"), at(name), { recursive: true });
  return name;
}

const last = (name: string): string => at(name, "checkpoints/last.safetensors");
const outcome = (name: string): Buffer[] =>
  ["model/model.safetensors", "events.jsonl", "report.json"].map((file) => readFileSync(at(name, file)));
const repaired = (events: readonly RunEvent[]): string[] =>
  events.flatMap((event) => (event.kind === "repaired" ? [`${nameInRoot(event.file)}: ${event.what}`] : []));
const nameInRoot = (path: string): string => relative(root, path).replaceAll(sep, "/");

beforeAll(async () => {
  const corpus = fileURLToPath(new URL("../../../../examples/corpus", import.meta.url));
  const part = (name: string, count: number): string => {
    writeFileSync(at(name), readFileSync(join(corpus, name), "utf8").split("\n").slice(0, count).join("\n"));
    return at(name);
  };
  const set = ["training.epochs=4", "model.rounds=0", "model.hiddenSize=4", "model.inputs.words.size=4", "vectors=off"];
  const whole = resolvePaths(await readConfig(join(corpus, "weft.yaml"), trainConfigSchema(), set));
  config = { ...whole, data: { ...whole.data, train: part("train.jsonl", 24), dev: part("dev.jsonl", 4), test: undefined } };
  await train("whole", false);
  await train("stopped", false, 2);
});

test("a damaged checkpoint falls back to the one before, which is said, and gives the same bytes", async () => {
  const run = stopped("flipped");
  const bytes = readFileSync(last(run));
  for (const from of [9, 90]) bytes[bytes.length - from] = (bytes[bytes.length - from] as number) ^ 4;
  writeFileSync(last(run), bytes);
  const events = await train(run, true);
  expect(repaired(events)).toEqual([
    "flipped/checkpoints/last.safetensors: the checkpoint was changed after it was written: its SHA-256 differs; " +
      "resuming from the checkpoint before it",
  ]);
  expect(outcome(run)).toEqual(outcome("whole"));
});

test("another epoch in the header of the only checkpoint: refused", async () => {
  const run = stopped("header");
  rmSync(at(run, "checkpoints/previous.safetensors"));
  const text = readFileSync(last(run), "latin1");
  writeFileSync(last(run), text.replace('{\\"epoch\\":2', '{\\"epoch\\":1'), "latin1");
  expect(readFileSync(last(run), "latin1")).not.toBe(text);
  await expect(train(run, true)).rejects.toMatchObject({ code: "ARCHIVE_INVALID", at: { source: last(run) } });
});

test("a log that was cut at its start: refused; moved away: the training resumes and says so", async () => {
  const run = stopped("cut");
  const path = at(run, "events.jsonl");
  const lines = readFileSync(path, "utf8").split("\n");
  writeFileSync(path, lines.slice(1).join("\n"));
  await expect(train(run, true)).rejects.toMatchObject({ code: "EVENTS_INCOMPLETE", at: { source: path } });
  rmSync(path);
  const events = await train(run, true, 3);
  expect(repaired(events)).toEqual(["cut/events.jsonl: the log lacks the steps up to 4, so the curves begin after them"]);
  expect(repaired(await train(run, true))).toEqual([]);
  expect(outcome(run)[0]).toEqual(outcome("whole")[0]);
});

test("a line of a log that is null is removed, and the rest gives the same bytes", async () => {
  const run = stopped("nulls");
  const path = at(run, "events.jsonl");
  writeFileSync(path, `null\n${readFileSync(path, "utf8")}`);
  expect(repaired(await train(run, true))).toEqual(["nulls/events.jsonl: 1 damaged line was removed"]);
  expect(outcome(run)).toEqual(outcome("whole"));
});

test("two trainings do not run in one folder", async () => {
  const failed = async (resume: boolean, name: string): Promise<string> =>
    train(name, resume).then(
      () => "trained",
      (error: unknown) => (error instanceof WeftError ? error.code : "unknown"),
    );
  expect((await Promise.all([failed(true, stopped("twice")), failed(true, "twice")])).toSorted()).toEqual([
    "FILE_IN_USE",
    "trained",
  ]);
  expect(outcome("twice")).toEqual(outcome("whole"));
  const both = await Promise.all([failed(false, "new"), failed(false, "new")]);
  expect(both.toSorted()).toEqual([expect.stringMatching(/^(FILE_IN_USE|RUN_EXISTS)$/), "trained"]);
  expect(outcome("new")).toEqual(outcome("whole"));
  expect(existsSync(at("new/.lock"))).toBe(false);
});
