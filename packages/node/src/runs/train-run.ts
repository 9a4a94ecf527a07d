import { totalmem } from "node:os";
import { dirname, join } from "node:path";
import { DataError, type Omission, type Sentence } from "@weft-nlp/core";
import { type BuiltModel, readWeights } from "@weft-nlp/core/inference";
import type { Report } from "@weft-nlp/core/metrics";
import {
  type InitialModel,
  type StartEvent,
  type TrainConfig,
  type TrainEvent,
  train,
  type VectorsReport,
} from "@weft-nlp/core/training";
import { FeatureCache } from "../encoders/feature-cache.ts";
import { pinEncoders } from "../encoders/open-encoders.ts";
import { evaluateModel } from "../extractor/evaluate-model.ts";
import { type ComputeOptions, engineOptions, loadModel, saveModel, threadCount } from "../extractor/model-folder.ts";
import { printConfig } from "../files/config-file.ts";
import { writeJsonFile } from "../files/json-file.ts";
import { collectSentences, readingOf } from "../files/read-documents.ts";
import { makeFolder, writeFileAtomically } from "../files/write-file.ts";
import { threadExecutor } from "../workers/thread-executor.ts";
import { BestSoFar, type SavedEvent } from "./best-so-far.ts";
import { writeCheckpointFile } from "./checkpoint-file.ts";
import { curves } from "./curves.ts";
import { EventLog, loggedForm, readEvents } from "./event-log.ts";
import { findCheckpoint, type Resume, runFiles } from "./find-checkpoint.ts";
import { chooseVectors, loadVectors } from "./load-vectors.ts";
import { modelCard } from "./model-card.ts";
import { shortPath } from "./resolve-paths.ts";
import { RunPlace } from "./run-place.ts";
import { markEnded, markRunning, type RunStateFile, readRunState } from "./run-state.ts";
import { vectorsLines } from "./vectors-words.ts";

/**
 * Milliseconds between flushes of the log, so that a long epoch shows progress. A resumed training
 * first removes the steps it will repeat.
 */
const flushMs = 500;

/** What to train, where, and how often to save. */
export interface TrainRunInput extends ComputeOptions {
  /** Paths in it are absolute or relative to the working folder. */
  readonly config: TrainConfig;
  /** The folder of the run. */
  readonly folder: string;
  /** Defaults to false: the folder must not hold a run. */
  readonly resume?: Resume | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Copies the pretrained encoders that the model reads into its folder; defaults to false. */
  readonly withEncoder?: boolean | undefined;
  /** Seconds between checkpoints; 0 writes one after every epoch. */
  readonly checkpointSeconds?: number | undefined;
  /**
   * Skips documents that cannot be read, with a notice. Defaults to false: the first is an error.
   */
  readonly skipInvalid?: boolean | undefined;
}

/** The last event of a run, after everything is written. */
export interface DoneEvent {
  readonly kind: "done";
  readonly model: BuiltModel;
  readonly dev: Report;
  readonly test: Report | undefined;
}

/** Word vectors are about to be read, which takes seconds for a large file; or there are none. */
export interface VectorsEvent {
  readonly kind: "vectors";
  /** The name of the file, the package or the set. */
  readonly name: string | undefined;
  /** Why there are none. */
  readonly reason?: string | undefined;
}

/** Something about the data that is worth knowing before training begins. */
interface NoticeEvent {
  readonly kind: "notice";
  /** One clause without a full stop. */
  readonly message: string;
  /** The number of documents skipped, and the first fault. */
  readonly skipped?: number | undefined;
  readonly fault?: string | undefined;
}

/** A file of a run to be resumed was damaged, and the training continues without what was lost. */
export interface RepairedEvent {
  readonly kind: "repaired";
  readonly file: string;
  /** What was wrong, and what is used instead. */
  readonly what: string;
}

/** An event of `trainRun`; `done` is the last. */
export type RunEvent = NoticeEvent | VectorsEvent | RepairedEvent | TrainEvent | SavedEvent | DoneEvent;

const files = {
  ...runFiles,
  events: "events.jsonl",
  report: "report.json",
  model: "model",
  loss: "loss.svg",
  score: "score.svg",
} as const;

/**
 * Trains in a folder that can be resumed after any interruption: reads the data, trains, chooses
 * the epoch on dev, scores dev and (once) test, and writes the model. Yields events on the way, and
 * keeps the folder's `state.json` up to date. The model of the best epoch so far is written with
 * every checkpoint and when the training stops for any reason, so that the folder is usable before
 * it is done.
 *
 * @throws {FileError} RUN_EXISTS, RUN_MISSING, and the errors of `train` and of reading files
 */
export async function* trainRun(input: TrainRunInput): AsyncGenerator<RunEvent, void, void> {
  let running: RunStateFile | undefined;
  let done = false;
  let failure: unknown;
  const place = new RunPlace(input.folder, input.resume);
  try {
    await place.claimExisting();
    for await (const event of trainInFolder(input, place)) {
      if (event.kind === "start") running = await markRunning(input.folder, place.curvesFrom);
      if (event.kind === "done") done = true;
      yield event;
    }
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    // The caller already gets the error of a full disk.
    if (running !== undefined) await markEnded(input.folder, running, done, failure).catch(() => undefined);
    await place.release();
  }
}

async function* trainInFolder(input: TrainRunInput, place: RunPlace): AsyncGenerator<RunEvent, void, void> {
  const { folder, withEncoder = false } = input;
  const threads = threadCount(input);
  const { settings: model, encoders } = await pinEncoders(input.config.model);
  const config: TrainConfig = { ...input.config, model };
  const features = encoders.length === 0 ? undefined : new FeatureCache();
  const at = (name: keyof typeof files): string => join(folder, files[name]);
  const resume = await findCheckpoint(folder, input.resume ?? false);
  if (resume?.damaged !== undefined) {
    const { source, reason } = resume.damaged;
    yield { kind: "repaired", file: source, what: `${reason}; resuming from the checkpoint before it` };
  }
  const read = async (path: string): Promise<{ sentences: Sentence[]; omissions: readonly Omission[] }> => {
    const faults: DataError[] = [];
    const onInvalid = input.skipInvalid === true ? (fault: DataError): void => void faults.push(fault) : undefined;
    const corpus = await collectSentences(path, { ...readingOf(config), signal: input.signal, onInvalid });
    const sentences = corpus.sentences.map(({ sentence }) => sentence);
    const [fault] = faults;
    if (fault !== undefined && sentences.length === 0) throw fault;
    if (fault !== undefined) notices.push(skippedNotice(path, fault, faults.length));
    if (sentences.length > 0 && !isAnnotated(sentences)) notices.push(unannotatedNotice(path));
    return { sentences, omissions: corpus.omissions };
  };
  const notices: NoticeEvent[] = [];
  const { sentences: allTrainSentences, omissions: trainOmissions } = await read(config.data.train);
  const trainSentences = allTrainSentences.slice(0, config.data.trainSentences);
  if (allTrainSentences.length > 0 && !isAnnotated(allTrainSentences)) throw nothingToLearn(config.data.train);
  const { sentences: devSentences, omissions: devOmissions } = await read(config.data.dev);
  // Read before training to find a wrong path early; scored only once, at the end.
  const testSentences = config.data.test === undefined ? undefined : (await read(config.data.test)).sentences;
  yield* notices;
  const chosen = await chooseVectors(config, trainSentences);
  yield { kind: "vectors", name: chosen.place?.name, ...(chosen.place === undefined ? { reason: chosen.reason } : {}) };
  const vectors = chosen.place && (await loadVectors(chosen.place, input.signal));
  let report: VectorsReport | undefined;
  const log = new EventLog(at("events"));
  let saved = performance.now();
  let flushed = saved;
  const events = train({
    config,
    train: trainSentences,
    dev: devSentences,
    vectors,
    init: config.init === undefined ? undefined : await readInitialModel(config.init, input),
    executor: (built) => threadExecutor(built, threads),
    engine: { ...engineOptions(input), encoders },
    features: { store: features, maxBytes: totalmem() / 2 },
    resume,
    signal: input.signal,
  });
  const best = new BestSoFar(at("model"));
  for await (const event of best.saveIfStopped(events)) {
    // The configuration and the data are valid by now; a run that failed earlier leaves no folder
    // behind.
    if (event.kind === "start") {
      report = event.vectors;
      await place.claim();
      await log.flush();
      const { repaired, from } = await log.restore(event.stepsDone, (await readRunState(folder))?.curvesFrom);
      place.curvesFrom = from;
      if (repaired !== undefined) yield { kind: "repaired", file: at("events"), what: repaired };
      await makeFolder(dirname(at("checkpoint")));
      await writeFileAtomically(at("config"), printConfig(config, configComment(event)));
    }
    const logged = loggedForm(event);
    if (logged !== undefined) log.add(logged);
    if (event.kind === "checkpoint" || performance.now() - flushed >= flushMs) {
      await log.flush();
      flushed = performance.now();
    }
    if (event.kind === "checkpoint") {
      if (performance.now() - saved >= (input.checkpointSeconds ?? 5) * 1000) {
        const bytes = event.bytes();
        await log.flush(true);
        await writeCheckpointFile(at("checkpoint"), at("previous"), bytes);
        const written = await best.save();
        if (written !== undefined) yield written;
        saved = performance.now();
      }
    }
    // Omissions in reading count among what the model does not learn.
    if (event.kind === "start") {
      yield {
        ...event,
        omissions: [...trainOmissions, ...event.omissions],
        devOmissions: [...devOmissions, ...event.devOmissions],
      };
    } else yield event;
    if (event.kind === "evaluation" && event.improved) best.keep(event);
    if (event.kind !== "end") continue;
    await log.flush(true);
    await writeCheckpointFile(at("checkpoint"), at("previous"), event.bytes());
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
    await saveModel(
      event.model,
      at("model"),
      modelCard(event.model, { config, train: trainSentences.length, dev, test, vectors: report, withEncoder }),
      { withEncoder },
    );
    await features?.trim();
    await writeJsonFile(at("report"), {
      best: event.best,
      epochs: event.epoch,
      vectors: report ?? null,
      dev,
      test: test ?? null,
    });
    yield { kind: "done", model: event.model, dev, test };
  }
}

function isAnnotated(sentences: readonly Sentence[]): boolean {
  return sentences.some(({ entities, relations }) => entities.length + relations.length > 0);
}

function skippedNotice(path: string, { message }: DataError, skipped: number): NoticeEvent {
  const documents = `${skipped} invalid document${skipped === 1 ? "" : "s"}`;
  return { kind: "notice", message: `skipped ${documents} of ${shortPath(path)}, first ${message}`, skipped, fault: message };
}

function unannotatedNotice(path: string): NoticeEvent {
  const message = `${shortPath(path)} has no entity and no relation anywhere, so scores on it mean nothing`;
  return { kind: "notice", message };
}

function nothingToLearn(path: string): DataError {
  return new DataError("CORPUS_EMPTY", {
    at: { source: path },
    message: "the training data has no entity and no relation anywhere, so there is nothing to learn",
    hint: "check that this is the annotated file; weft data check lists what could not be read",
  });
}

async function readInitialModel(folder: string, input: TrainRunInput): Promise<InitialModel> {
  const { description, store } = await loadModel(folder, input);
  return { lexicon: description.lexicon, weights: readWeights(store), source: folder };
}

function configComment({ kernels, vectors }: StartEvent): string {
  const lines =
    vectors === undefined ? ["It has no word vectors."] : vectorsLines(vectors).map((line) => `Word vectors: ${line}.`);
  return ["The complete configuration of this run, defaults included.", `It began with the kernels ${kernels}.`, ...lines].join(
    "\n",
  );
}
