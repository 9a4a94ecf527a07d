import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadModel } from "../extractor/model-folder.ts";
import { collectSentences } from "../files/read-documents.ts";
import { readRunState } from "../runs/run-state.ts";
import { beginProject } from "./plan-project.ts";
import { ProjectRuns } from "./project-runs.ts";
import { type ProjectProgress, readProgress } from "./project-state.ts";
import { type SearchEvent, searchSettings } from "./search-settings.ts";
import { type ProjectEvent, type TrainProjectInput, trainProject } from "./train-project.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-project-"));
const corpus = fileURLToPath(new URL("../../../../examples/corpus/train.jsonl", import.meta.url));
const data = join(folder, "few");
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeAll(() => {
  mkdirSync(data);
  const lines = readFileSync(corpus, "utf8").split("\n");
  writeFileSync(join(data, "train.jsonl"), lines.slice(0, 50).join("\n"));
  writeFileSync(join(data, "dev.jsonl"), lines.slice(50, 65).join("\n"));
});

// The chosen model is small here, and the word vectors are not read for it.
const small = ["model.hiddenSize=6", "model.rounds=0", "model.inputs.wordShape=off", "vectors=off", "training.epochs=3"];

function inputOf(name: string, more: Partial<TrainProjectInput> = {}): TrainProjectInput {
  return { inputs: [data], folder: join(folder, name), seed: 1, set: small, threads: 1, checkpointSeconds: 0, ...more };
}

async function eventsOf(input: TrainProjectInput): Promise<ProjectEvent[]> {
  const events: ProjectEvent[] = [];
  for await (const event of trainProject(input)) events.push(event);
  return events;
}

const weights = (name: string): Buffer => readFileSync(join(folder, name, "model", "model.safetensors"));

test("data alone becomes a model, by way of a small one, and the best on dev is kept", async () => {
  const events = await eventsOf(inputOf("whole"));
  const runs = events.flatMap((event) => (event.kind === "run" ? [event.run] : []));
  expect(runs).toEqual(["quick", "chosen"]);
  const finished = events.at(-1);
  if (finished?.kind !== "finished") throw new Error("not finished");
  expect(finished.test).toBeUndefined();
  expect(finished.advice.length).toBeGreaterThan(0);
  const at = (...names: string[]): string => join(folder, "whole", ...names);
  const bests = ["quick", "chosen"].map((run) => {
    const { best } = JSON.parse(readFileSync(at("runs", run, "report.json"), "utf8")) as { best: { score: number } };
    return best.score;
  });
  expect(finished.kept.score).toBe(Math.max(...bests));
  for (const file of ["weft.yaml", "config.yaml", "report.json", "events.jsonl", "report/report.html", "model/config.json"]) {
    expect(existsSync(at(file)), file).toBe(true);
  }
  expect(existsSync(at("data"))).toBe(false);
  expect(readFileSync(at("weft.yaml"), "utf8")).toContain(`\n# changed: ${small.join(" ")} — asked for with --set`);
  expect(readdirSync(at()).filter((name) => name.startsWith("."))).toEqual([]);
  expect(await readRunState(at())).toMatchObject({ state: "done" });
  expect((await loadModel(at(), { threads: 1 })).description.calibration !== undefined).toBe(finished.kept.score > 0);
});

test("a training that is stopped is usable, and goes on to the same model", async () => {
  const stop = new AbortController();
  const stopped = (async () => {
    for await (const { kind, ...event } of trainProject(inputOf("stopped", { signal: stop.signal }))) {
      if (kind === "event" && "run" in event && event.run === "chosen") stop.abort();
    }
  })();
  await expect(stopped).rejects.toMatchObject({ code: "CANCELLED" });
  expect((await loadModel(join(folder, "stopped"), { threads: 1 })).definition.name).toBe("rin");
  expect(await readRunState(join(folder, "stopped"))).toMatchObject({ state: "stopped" });
  await expect(eventsOf(inputOf("stopped"))).rejects.toMatchObject({ code: "RUN_EXISTS" });
  await expect(eventsOf(inputOf("stopped", { resume: true, inputs: [corpus] }))).rejects.toMatchObject({ code: "RUN_EXISTS" });
  const events = await eventsOf(inputOf("stopped", { resume: true }));
  expect(events.flatMap((event) => (event.kind === "run" ? [event.run] : []))).not.toContain("quick");
  expect(weights("stopped").equals(weights("whole"))).toBe(true);
});

test("a chosen model that is worse on dev does not replace the small one", async () => {
  const worse = [...small, "optimizer.rate=1e-9", "training.epochs=1"];
  const events = await eventsOf(inputOf("worse", { set: worse }));
  expect(events.at(-1)).toMatchObject({ kind: "finished", kept: { run: "quick" } });
  const quick = readFileSync(join(folder, "worse", "runs", "quick", "model", "model.safetensors"));
  expect(weights("worse").equals(quick)).toBe(true);
});

test("a folder without a training cannot be resumed, and faulty data begins none", async () => {
  await expect(eventsOf(inputOf("none", { resume: true }))).rejects.toMatchObject({ code: "RUN_MISSING" });
  const bad = join(folder, "bad.jsonl");
  writeFileSync(bad, '{"tokens": ["a"], "entities": [{"start": 0, "end": 4, "type": "X"}], "relations": []}\n');
  await expect(eventsOf(inputOf("bad", { inputs: [bad] }))).rejects.toMatchObject({ code: "SPAN_OUTSIDE", at: { line: 1 } });
  const plain = join(folder, "plain.jsonl");
  writeFileSync(plain, '{"tokens": ["a", "b"], "entities": [], "relations": []}\n');
  await expect(eventsOf(inputOf("plain", { inputs: [plain] }))).rejects.toMatchObject({ code: "CORPUS_EMPTY" });
});

test("data without dev is divided in the folder of the training, by document", async () => {
  const { plan, planned } = await beginProject([join(data, "train.jsonl")], join(folder, "split"), { seed: 3 });
  expect(plan.data).toEqual({ train: join(folder, "split/data/train.jsonl"), dev: join(folder, "split/data/dev.jsonl") });
  const counts = await Promise.all(
    [plan.data.train, plan.data.dev].map(async (path) => (await collectSentences(path)).sentences.length),
  );
  expect(counts.reduce((sum, each) => sum + each, 0)).toBe(50);
  expect(counts[1]).toBeGreaterThan(5);
  expect(planned.data.split).toMatchObject({ bySentence: false, shares: { test: 0 } });
  expect(readFileSync(join(folder, "split", "weft.yaml"), "utf8")).toContain("train: data/train.jsonl");
});

test("the configuration names what was changed in one line, whatever the change holds", async () => {
  const { planned, plan } = await beginProject([data], join(folder, "changed"), {
    seed: 1,
    set: [...small, "optimizer.rate=\n  0.5"],
  });
  expect(plan.chosen.optimizer.rate).toBe(0.5);
  expect(readFileSync(planned.config, "utf8")).toMatch(/^# changed: .* optimizer\.rate= 0\.5 — asked for with --set, .*$/m);
});

test("a search halves its candidates on dev, keeps the best, and goes on where it was killed", async () => {
  const place = join(folder, "searched");
  const { plan } = await beginProject([data], place, { seed: 1, set: [...small, "training.epochs=4"] });
  const runsOf = async (progress: ProjectProgress, signal = new AbortController().signal): Promise<ProjectRuns> =>
    new ProjectRuns(place, progress, { threads: 1, signal, checkpointSeconds: 0 });
  // Time for three trainings, then for none.
  const first = await runsOf({ spentMs: 0, chosenMs: 1000 });
  const tried: string[] = [];
  for await (const event of searchSettings(plan, first, () => 3000)) {
    if (event.kind === "tried") tried.push(event.run);
    if (tried.length === 2) break;
  }
  const rest: SearchEvent[] = [];
  for await (const event of searchSettings(plan, await runsOf(await readProgress(place)), () => 0)) rest.push(event);
  const all = rest.flatMap((event) => (event.kind === "tried" ? [event] : []));
  expect(all.map(({ epochs }) => epochs)).toEqual([1, 1, 1, 1, 2, 2, 4]);
  expect(all.slice(0, 2).map(({ run }) => run)).toEqual(tried);
  const begun = rest.flatMap((event) => (event.kind === "run" ? [event.run] : []));
  expect(begun).toEqual(all.slice(2).map(({ run }) => run));
  const scores = all.map(({ best }) => best?.score ?? -1);
  expect((await readProgress(place)).kept?.score).toBe(Math.max(...scores));
});
