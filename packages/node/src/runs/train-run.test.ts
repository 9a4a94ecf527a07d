import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type TrainConfig, trainConfigSchema } from "@weft-nlp/core/training";
import { afterAll, expect, test } from "vitest";
import { loadModel } from "../extractor/model-folder.ts";
import { readConfig } from "../files/config-file.ts";
import { watchThreads } from "../testing/watch-threads.ts";
import { resolvePaths } from "./resolve-paths.ts";
import { readRunState } from "./run-state.ts";
import { trainRun } from "./train-run.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-train-"));
const watch = watchThreads();
afterAll(() => {
  watch.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function smallConfig(): Promise<TrainConfig> {
  const corpus = fileURLToPath(new URL("../../../../examples/corpus", import.meta.url));
  const dev = join(folder, "dev.jsonl");
  writeFileSync(dev, readFileSync(join(corpus, "dev.jsonl"), "utf8").split("\n").slice(0, 5).join("\n"));
  const set = ["training.epochs=2", "data.trainSentences=40", "model.rounds=0", "model.hiddenSize=8"];
  const config = resolvePaths(await readConfig(join(corpus, "weft.yaml"), trainConfigSchema(), set));
  return JSON.parse(JSON.stringify({ ...config, data: { ...config.data, dev, test: undefined } })) as TrainConfig;
}

test("a training whose threads are killed fails, reports it, and resumes to the same weights", async () => {
  const config = await smallConfig();
  const weights = (name: string): Buffer => readFileSync(join(folder, name, "model", "model.safetensors"));
  const train = async (name: string, resume: boolean, kill: boolean): Promise<void> => {
    const run = { config, folder: join(folder, name), threads: 2, checkpointSeconds: 0, resume };
    for await (const { kind } of trainRun(run)) {
      // Most of these hit the step that begins now; an earlier one hits nothing and changes
      // nothing.
      if (kill && kind === "step") for (const thread of watch.alive) void thread.terminate();
    }
  };
  await train("whole", false, false);
  const killed = join(folder, "killed");
  let failures = 0;
  for (let time = 0; time < 3 && (await readRunState(killed))?.state !== "done"; time++) {
    const failure: unknown = await train("killed", time > 0, true).catch((error: unknown) => error);
    if (failure === undefined) continue;
    failures++;
    expect(failure).toMatchObject({ code: "WORKER_LOST" });
    expect(await readRunState(killed)).toMatchObject({ state: "failed", failure: { code: "WORKER_LOST" } });
  }
  expect(failures).toBeGreaterThan(0);
  if ((await readRunState(killed))?.state !== "done") await train("killed", true, false);
  expect((await readRunState(killed))?.state).toBe("done");
  expect(weights("killed").equals(weights("whole"))).toBe(true);
});

test("a stopped run has the model of its best epoch so far, and goes on to the same bytes", async () => {
  const config = await smallConfig();
  const long = { ...config, training: { ...config.training, epochs: 4 } };
  const runOf = (name: string, signal?: AbortSignal) =>
    trainRun({ config: long, folder: join(folder, name), threads: 1, checkpointSeconds: 0, resume: "or-begin", signal });
  for await (const event of runOf("through")) if (event.kind === "saved") expect(event.entities).toBeGreaterThanOrEqual(0);
  const stop = new AbortController();
  let best: number | undefined;
  const stopped = (async () => {
    for await (const event of runOf("stopped", stop.signal)) {
      if (event.kind === "evaluation" && event.improved) best = event.epoch;
      if (event.kind === "evaluation" && event.epoch === 3) stop.abort();
    }
  })();
  await expect(stopped).rejects.toMatchObject({ code: "CANCELLED" });
  const built = await loadModel(join(folder, "stopped"), { threads: 1 });
  expect(built.definition.name).toBe("rin");
  expect(readFileSync(join(folder, "stopped", "model", "README.md"), "utf8")).toContain(
    `has not ended: epoch ${best}, F1 on dev`,
  );
  for await (const event of runOf("stopped")) if (event.kind === "start") expect(event.stepsDone).toBeGreaterThan(0);
  for (const name of ["model.safetensors", "vocab.json", "config.json", "README.md"]) {
    const [one, other] = ["stopped", "through"].map((run) => readFileSync(join(folder, run, "model", name)));
    expect(one?.equals(other ?? Buffer.of()), name).toBe(true);
  }
});

test("a run that is killed while it trains has a usable model beside its checkpoint", async () => {
  const config = await smallConfig();
  for await (const event of trainRun({ config, folder: join(folder, "left"), threads: 1, checkpointSeconds: 0 })) {
    if (event.kind !== "saved") continue;
    expect((await loadModel(join(folder, "left"), { threads: 1 })).description.lexicon.relations.size).toBeGreaterThan(1);
    break;
  }
});
