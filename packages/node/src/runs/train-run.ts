import { dirname, join } from "node:path";
import type { Omission, Sentence } from "@weft-nlp/core";
import { type BuiltModel, readWeights } from "@weft-nlp/core/inference";
import type { Report } from "@weft-nlp/core/metrics";
import { type InitialModel, type TrainConfig, type TrainEvent, train } from "@weft-nlp/core/training";
import { readVectors } from "@weft-nlp/core/vocabulary";
import { evaluateModel } from "../extractor/evaluate-model.ts";
import { type ComputeOptions, engineOptions, loadModel, saveModel, threadCount } from "../extractor/model-folder.ts";
import { printConfig } from "../files/config-file.ts";
import { writeJsonFile } from "../files/json-file.ts";
import { collectSentences } from "../files/read-documents.ts";
import { readBytes } from "../files/read-text.ts";
import { makeFolder, writeFileAtomically } from "../files/write-file.ts";
import { threadExecutor } from "../workers/thread-executor.ts";
import { curves } from "./curves.ts";
import { EventLog, loggedForm, readEvents } from "./event-log.ts";
import { findCheckpoint, type Resume, runFiles } from "./find-checkpoint.ts";
import { modelCard } from "./model-card.ts";
import { shortPath } from "./resolve-paths.ts";
import { markEnded, markRunning, type RunStateFile } from "./run-state.ts";

/**
 * Who watches a long epoch sees it move; steps that a resumed training makes again are taken out of
 * the log first.
 */
const flushMs = 500;

export interface TrainRunInput extends ComputeOptions {
  /** With paths that are absolute or count from the working folder. */
  readonly config: TrainConfig;
  /** The folder of the run. */
  readonly folder: string;
  /** False where left out: the folder must not hold a run. */
  readonly resume?: Resume | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Seconds between checkpoints; 0 writes one after every epoch. */
  readonly checkpointSeconds?: number | undefined;
}

/** The last event of a run: everything is written. */
export interface DoneEvent {
  readonly kind: "done";
  readonly model: BuiltModel;
  readonly dev: Report;
  readonly test: Report | undefined;
}

export type RunEvent = TrainEvent | DoneEvent;

const files = {
  ...runFiles,
  events: "events.jsonl",
  report: "report.json",
  model: "model",
  loss: "loss.svg",
  score: "score.svg",
} as const;

/**
 * Trains in a folder that can be resumed after any interruption: reads the data, trains, chooses on
 * dev, scores dev and, once, test, and writes the model. Says what happens as it happens, and in
 * the folder's `state.json` how it stands.
 *
 * @throws {FileError} RUN_EXISTS, RUN_MISSING, and what stands at `train` and where files are read
 */
export async function* trainRun(input: TrainRunInput): AsyncGenerator<RunEvent, void, void> {
  let running: RunStateFile | undefined;
  let done = false;
  let failure: unknown;
  try {
    for await (const event of trainInFolder(input)) {
      // Only now does the folder belong to this run.
      if (event.kind === "start") running = await markRunning(input.folder);
      if (event.kind === "done") done = true;
      yield event;
    }
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    // A disk that is full is what the caller is told of already.
    if (running !== undefined) await markEnded(input.folder, running, done, failure).catch(() => undefined);
  }
}

async function* trainInFolder(input: TrainRunInput): AsyncGenerator<RunEvent, void, void> {
  const { config, folder } = input;
  const at = (name: keyof typeof files): string => join(folder, files[name]);
  const resume = await findCheckpoint(folder, input.resume ?? false);
  const read = async (path: string): Promise<{ sentences: Sentence[]; omissions: readonly Omission[] }> => {
    const { sentences, omissions } = await collectSentences(path, { signal: input.signal });
    return { sentences: sentences.map(({ sentence }) => sentence), omissions };
  };
  const { sentences: allTrainSentences, omissions: trainOmissions } = await read(config.data.train);
  const trainSentences = allTrainSentences.slice(0, config.data.trainSentences);
  const { sentences: devSentences, omissions: devOmissions } = await read(config.data.dev);
  // Read before training, so that a wrong path is found now; looked at once, at the end.
  const testSentences = config.data.test === undefined ? undefined : (await read(config.data.test)).sentences;
  const { vectors } = config;
  const log = new EventLog(at("events"));
  let saved = performance.now();
  let flushed = saved;
  const events = train({
    config,
    train: trainSentences,
    dev: devSentences,
    vectors:
      vectors === undefined
        ? undefined
        : (words, countOf) => readVectors(readBytes(vectors), words, { source: vectors, countOf }),
    init: config.init === undefined ? undefined : await readInitialModel(config.init, input),
    executor: (built) => threadExecutor(built, threadCount(input)),
    engine: engineOptions(input),
    resume,
    signal: input.signal,
  });
  for await (const event of events) {
    // Only now is it sure that the configuration and the data are in order; a run that failed
    // before leaves no folder behind.
    if (event.kind === "start") {
      await makeFolder(dirname(at("checkpoint")));
      await writeFileAtomically(at("config"), printConfig(config, configComment));
      await log.rewind(event.stepsDone);
    }
    const logged = loggedForm(event);
    if (logged !== undefined) log.add(logged);
    if (event.kind === "checkpoint" || performance.now() - flushed >= flushMs) {
      await log.flush();
      flushed = performance.now();
    }
    if (event.kind === "checkpoint") {
      if (performance.now() - saved >= (input.checkpointSeconds ?? 5) * 1000) {
        await writeFileAtomically(at("checkpoint"), event.bytes());
        saved = performance.now();
      }
    }
    // What the files could not give belongs to what the model does not learn.
    if (event.kind === "start") {
      yield {
        ...event,
        omissions: [...trainOmissions, ...event.omissions],
        devOmissions: [...devOmissions, ...event.devOmissions],
      };
    } else yield event;
    if (event.kind !== "end") continue;
    await writeFileAtomically(at("checkpoint"), event.bytes());
    const words = { dataSet: shortPath(config.data.train), selection: "best epoch on dev", seeds: [config.seed] };
    const compute = { ...input, train: trainSentences, intervals: {} };
    const dev = (await evaluateModel(event.model, devSentences, compute, { ...words, split: "dev" })).report;
    const test =
      testSentences === undefined
        ? undefined
        : (await evaluateModel(event.model, testSentences, compute, { ...words, split: "test" })).report;
    const pictures = curves(await readEvents(at("events")));
    await writeFileAtomically(at("loss"), pictures.loss);
    await writeFileAtomically(at("score"), pictures.score);
    await saveModel(event.model, at("model"), modelCard(event.model, { config, train: trainSentences.length, dev, test }));
    await writeJsonFile(at("report"), { best: event.best, epochs: event.epoch, dev, test: test ?? null });
    yield { kind: "done", model: event.model, dev, test };
  }
}

async function readInitialModel(folder: string, input: TrainRunInput): Promise<InitialModel> {
  const { description, store } = await loadModel(folder, input);
  return { lexicon: description.lexicon, weights: readWeights(store), source: folder };
}

const configComment = "The complete configuration of this run, defaults included.";
