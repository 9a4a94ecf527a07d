import { stat } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Sentence } from "@weft-nlp/core";
import type { ProtocolName, Report } from "@weft-nlp/core/metrics";
import { type TrainConfig, trainConfigSchema } from "@weft-nlp/core/training";
import { FileError } from "../errors.ts";
import { evaluateModel } from "../extractor/evaluate-model.ts";
import { type ComputeOptions, loadModel } from "../extractor/model-folder.ts";
import { readConfig } from "../files/config-file.ts";
import { exists } from "../files/exists.ts";
import { readJsonFile, writeJsonFile } from "../files/json-file.ts";
import { collectSentences, readingOf } from "../files/read-documents.ts";
import { readEvents } from "../runs/event-log.ts";
import { shortPath } from "../runs/resolve-paths.ts";
import { trainRun } from "../runs/train-run.ts";

/** One training among several. */
export interface PlannedRun {
  /** Its name in progress, reports and errors; unique within a plan. */
  readonly name: string;
  readonly folder: string;
  /** Paths in it are absolute or relative to the working folder. */
  readonly config: TrainConfig;
  /** The run of the same plan whose model this one starts from; that run goes first. */
  readonly after?: string | undefined;
  /** Test data to use instead of the configuration's; an absolute path. */
  readonly test?: string | undefined;
  /** The protocols that score dev and test. Defaults to the model's own. */
  readonly protocols?: readonly string[] | undefined;
}

/** The result of a run. */
export interface RunOutcome {
  readonly name: string;
  readonly folder: string;
  readonly seed: number;
  /** Epochs trained. */
  readonly epochs: number;
  /** The epoch that dev chose, and the F1 that chose it. */
  readonly best: { readonly epoch: number; readonly score: number; readonly protocol: ProtocolName } | null;
  readonly dev: Report;
  readonly test: Report | null;
}

/** How a run is executed. */
export interface ExecuteOptions extends ComputeOptions {
  readonly signal?: AbortSignal | undefined;
  readonly checkpointSeconds?: number | undefined;
}

/** What `executeRun` does, here or elsewhere. */
export type ExecuteRun = (run: PlannedRun, options: ExecuteOptions) => AsyncGenerator<RunProgress, void, void>;

/** The progress of a run, in a form that can be sent between threads. */
export type RunProgress =
  | {
      readonly kind: "begin";
      readonly run: string;
      readonly steps: number;
      readonly stepsDone: number;
      readonly otherKernels: string | undefined;
    }
  | { readonly kind: "step"; readonly run: string; readonly epoch: number; readonly step: number; readonly loss: number }
  | {
      readonly kind: "evaluation";
      readonly run: string;
      readonly epoch: number;
      readonly score: number;
      readonly entities?: number | undefined;
      readonly improved: boolean;
    }
  | { readonly kind: "done"; readonly run: string; readonly outcome: RunOutcome; readonly trained: boolean };

/**
 * Finishes a run: does nothing if it is done, and resumes it if it was stopped. Trains exactly what
 * `trainRun` trains, in a folder that `weft train` can resume.
 *
 * @throws {FileError} RUN_EXISTS when the folder holds a finished run of another configuration
 */
export async function* executeRun(run: PlannedRun, options: ExecuteOptions): AsyncGenerator<RunProgress, void, void> {
  const { name, config, folder } = run;
  const finished = await isFinished(run);
  if (!finished) {
    for await (const event of trainRun({ ...options, config, folder, resume: "or-begin" })) {
      if (event.kind === "start") {
        const { steps, stepsDone, otherKernels } = event;
        yield { kind: "begin", run: name, steps, stepsDone, otherKernels };
      } else if (event.kind === "step") {
        const { epoch, step, loss } = event;
        yield { kind: "step", run: name, epoch, step, loss };
      } else if (event.kind === "evaluation") {
        const { epoch, score, entities, improved } = event;
        yield { kind: "evaluation", run: name, epoch, score, entities, improved };
      }
    }
  }
  yield { kind: "done", run: name, outcome: await outcomeOf(run, options), trained: !finished };
}

/**
 * Whether the folder holds this run, trained to the end. Compares the names of its data files, not
 * their contents.
 */
export async function isFinished({ folder, config }: PlannedRun): Promise<boolean> {
  if (!(await exists(join(folder, "report.json")))) return false;
  if (isDeepStrictEqual(trainedPart(await trainedConfig(folder)), trainedPart(config))) return true;
  throw new FileError("RUN_EXISTS", {
    at: { source: folder },
    message: "this folder holds a finished run of another configuration",
    hint: `see ${join(folder, configFile)}; choose another folder with --run, or remove this one`,
  });
}

const configFile = "config.yaml";

async function trainedConfig(folder: string): Promise<TrainConfig> {
  return (await readConfig(join(folder, configFile), trainConfigSchema())).value;
}

/**
 * Ignores test data, which plays no part in training and may be named later. Compares JSON, since
 * an unset value may be absent or undefined.
 */
function trainedPart({ data: { test: _test, ...data }, ...rest }: TrainConfig): unknown {
  return JSON.parse(JSON.stringify({ ...rest, data }));
}

/** The part of a run's report.json that is read back. */
interface RunReport {
  readonly best: { readonly epoch: number; readonly score: number } | undefined;
  readonly epochs: number;
  readonly dev: Report;
  readonly test: Report | null;
}

async function outcomeOf(run: PlannedRun, options: ExecuteOptions): Promise<RunOutcome> {
  const { name, folder, config } = run;
  const report = (await readJsonFile(join(folder, "report.json"))) as RunReport;
  const evaluation = (await readEvents(join(folder, "events.jsonl"))).findLast((event) => event.kind === "evaluation");
  const best = report.best === undefined || evaluation === undefined ? null : { ...report.best, protocol: evaluation.protocol };
  const test = run.test ?? config.data.test;
  const asTrained = run.protocols === undefined && test === (await trainedConfig(folder)).data.test;
  const { dev, test: tested } = asTrained ? report : await scoresOf(run, test, options);
  return { name, folder, seed: config.seed, epochs: report.epochs, best, dev, test: tested };
}

/**
 * The contents of a run's `scores.json`: scores by protocols or on data other than the training's,
 * and which model and data they belong to.
 */
interface Scores {
  readonly of: unknown;
  readonly dev: Report;
  readonly test: Report | null;
}

/** Scores of a trained model, computed once, and again when the test data changed. */
async function scoresOf(run: PlannedRun, test: string | undefined, options: ExecuteOptions): Promise<Scores> {
  const { folder, config } = run;
  const path = join(folder, "scores.json");
  const of = { protocols: run.protocols ?? null, dev: await stampOf(config.data.dev), test: await stampOf(test) };
  if (await exists(path)) {
    const known = (await readJsonFile(path)) as Scores;
    if (isDeepStrictEqual(known.of, of)) return known;
  }
  const read = async (file: string): Promise<Sentence[]> =>
    (await collectSentences(file, { ...readingOf(config), signal: options.signal })).sentences.map(({ sentence }) => sentence);
  const built = await loadModel(folder, options);
  const train = (await read(config.data.train)).slice(0, config.data.trainSentences);
  const score = async (file: string, split: string): Promise<Report> => {
    const words = { dataSet: shortPath(file), split, selection: "best epoch on dev", seeds: [config.seed] };
    return (await evaluateModel(built, await read(file), { ...options, protocols: run.protocols, train }, words)).report;
  };
  const scores: Scores = {
    of,
    dev: await score(config.data.dev, "dev"),
    test: test === undefined ? null : await score(test, "test"),
  };
  await writeJsonFile(path, scores);
  return scores;
}

/** A fingerprint of a file, good enough to notice a change. */
async function stampOf(path: string | undefined): Promise<unknown> {
  if (path === undefined) return null;
  const found = await stat(path).catch(() => undefined);
  return { path, bytes: found?.size ?? null, changedMs: found?.mtimeMs ?? null };
}
