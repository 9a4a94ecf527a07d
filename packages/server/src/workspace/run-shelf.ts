import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { RunEntry } from "@weft-nlp/api";
import { WeftError } from "@weft-nlp/core";
import type { ProtocolReport, Report } from "@weft-nlp/core/metrics";
import { didYouMean } from "@weft-nlp/core/text";
import { type TrainConfig, trainConfigSchema } from "@weft-nlp/core/training";
import { readConfig, readJsonFile } from "@weft-nlp/node/files";
import { readRunState, shortPath } from "@weft-nlp/node/runs";
import { RequestError } from "../errors.ts";
import { listFolder } from "./list-folder.ts";
import { type LoggedEvaluation, RunLog } from "./run-log.ts";
import { tagsOf } from "./run-tags.ts";

/** A run found in the listing; no other folder is ever opened. */
export interface ShelvedRun {
  readonly name: string;
  readonly folder: string;
}

/** The part of a run's report that is kept in memory. */
export interface KeptReport {
  readonly best: { readonly epoch: number; readonly score: number } | null;
  readonly epochs: number;
  readonly dev: KeptSplit;
  readonly test: KeptSplit | null;
}

export type KeptSplit = Pick<Report, "dataSet" | "selection" | "seeds" | "sentences" | "intervals"> & {
  readonly protocols: readonly Pick<
    ProtocolReport,
    "protocol" | "words" | "unit" | "directed" | "micro" | "macro" | "weighted" | "intervals"
  >[];
};

/** How far a training is, as its files say. */
export interface RunProgress {
  /** An ISO date. */
  readonly started: string | undefined;
  readonly epoch: number;
  /** The most there will be. */
  readonly epochs: number | undefined;
  readonly best: LoggedEvaluation | undefined;
  readonly last: LoggedEvaluation | undefined;
}

interface ReadConfig {
  readonly value: TrainConfig | undefined;
  /** Why there is no configuration. */
  readonly problem: string | undefined;
}

/** Max depth of runs below the runs folder: `weft sweep` adds two levels. */
const depth = 4;
const maxRuns = 2000;
/** The files that mark a folder with a configuration as a run. */
const signs = ["events.jsonl", "state.json", "report.json"];

/**
 * The runs below the runs folder. Names in requests are looked up in the listing and never made
 * into paths.
 */
export class RunShelf {
  readonly #root: string;
  readonly #configs = new Kept<ReadConfig>(readConfigOf);
  readonly #reports = new Kept<KeptReport | undefined>(readReport);
  readonly #logs = new Map<string, RunLog>();
  /** Runs of trainings that were started, whose folders may not exist yet, by name. */
  readonly #expected = new Map<string, TrainConfig>();

  constructor(root: string) {
    this.#root = root;
  }

  /** All runs, ordered by name. @throws {FileError} if the folder cannot be read */
  async runs(): Promise<ShelvedRun[]> {
    const found: ShelvedRun[] = [];
    for await (const { path, files } of listFolder(this.#root, depth)) {
      if (path === "" || !files.includes("config.yaml") || !signs.some((sign) => files.includes(sign))) continue;
      found.push({ name: path, folder: join(this.#root, path) });
      if (found.length === maxRuns) break;
    }
    for (const name of this.#expected.keys()) {
      if (!found.some((run) => run.name === name)) found.push({ name, folder: join(this.#root, name) });
    }
    return found;
  }

  /**
   * Lists a run as running although its folder does not exist yet, so that its curves can be opened
   * from the first moment.
   *
   * @returns ends that; call it when the training has ended
   */
  expect(name: string, config: TrainConfig): () => void {
    this.#expected.set(name, config);
    return () => void this.#expected.delete(name);
  }

  /** How far a training is. */
  async progress(run: ShelvedRun): Promise<RunProgress> {
    const [{ value: config }, state, { epoch, best, last }] = await Promise.all([
      this.config(run),
      readRunState(run.folder),
      this.#log(run).look(),
    ]);
    return { started: state?.started, epoch, epochs: config?.training.epochs, best, last };
  }

  /** @throws {RequestError} RUN_UNKNOWN */
  async find(name: string): Promise<ShelvedRun> {
    const runs = await this.runs();
    const run = runs.find((each) => each.name === name);
    if (run !== undefined) return run;
    const shown = name.slice(0, 60);
    throw new RequestError("RUN_UNKNOWN", {
      message: "there is no run with this name",
      hint:
        didYouMean(
          shown,
          runs.map((each) => each.name),
        ) ?? "GET /v1/runs lists the runs",
    });
  }

  async entry(run: ShelvedRun): Promise<RunEntry> {
    const [{ value: written }, report, state, { epoch, best }, tags] = await Promise.all([
      this.config(run),
      this.report(run),
      readRunState(run.folder),
      this.#log(run).look(),
      tagsOf(run.folder),
    ]);
    const expected = this.#expected.get(run.name);
    const config = written ?? expected;
    const early = state === undefined && expected !== undefined ? "running" : undefined;
    const chosen = report?.best ?? best;
    return {
      name: run.name,
      state: report !== undefined && state?.state !== "running" ? "done" : (early ?? state?.state ?? "stopped"),
      ...(state?.failure === undefined ? {} : { failure: state.failure }),
      model: config?.model.name ?? null,
      data: config === undefined ? null : { train: shortPath(config.data.train), dev: shortPath(config.data.dev) },
      seed: config?.seed ?? null,
      started: state?.started ?? (await modified(join(run.folder, "config.yaml"))),
      epochs: { done: report?.epochs ?? epoch, planned: config?.training.epochs ?? null },
      dev:
        best === undefined || chosen === undefined ? null : { protocol: best.protocol, score: chosen.score, epoch: chosen.epoch },
      group: config === undefined ? null : groupOf(config),
      tags,
    };
  }

  /** The configuration of a run, with paths cut to their last two names. */
  async config(run: ShelvedRun): Promise<ReadConfig> {
    return (await this.#configs.get(join(run.folder, "config.yaml"))) ?? { value: undefined, problem: "there is no config.yaml" };
  }

  /** The report that the training writes at its end; undefined before. */
  async report(run: ShelvedRun): Promise<KeptReport | undefined> {
    return this.#reports.get(join(run.folder, "report.json"));
  }

  #log({ folder }: ShelvedRun): RunLog {
    const log = this.#logs.get(folder) ?? new RunLog(folder);
    this.#logs.set(folder, log);
    return log;
  }
}

/** Caches values read from files until the files change. */
class Kept<Value> {
  readonly #read: (path: string) => Promise<Value>;
  readonly #values = new Map<string, { readonly stamp: string; readonly value: Value }>();

  constructor(read: (path: string) => Promise<Value>) {
    this.#read = read;
  }

  /** Undefined if the file does not exist. */
  async get(path: string): Promise<Value | undefined> {
    const now = await stat(path).catch(() => undefined);
    if (now === undefined) {
      this.#values.delete(path);
      return undefined;
    }
    const stamp = `${now.ino} ${now.size} ${now.mtimeMs}`;
    const kept = this.#values.get(path);
    if (kept?.stamp === stamp) return kept.value;
    const value = await this.#read(path);
    this.#values.set(path, { stamp, value });
    return value;
  }
}

async function readConfigOf(path: string): Promise<ReadConfig> {
  try {
    const { value } = await readConfig(path, trainConfigSchema());
    return { value, problem: undefined };
  } catch (error) {
    if (error instanceof WeftError) return { value: undefined, problem: error.summary };
    throw error;
  }
}

async function readReport(path: string): Promise<KeptReport | undefined> {
  try {
    const { best, epochs, dev, test } = (await readJsonFile(path)) as {
      best?: KeptReport["best"];
      epochs?: number;
      dev: Report;
      test: Report | null;
    };
    // The report of `weft train DATA` has only the best epoch, of a run inside its folder.
    const last = epochs ?? best?.epoch;
    // `weft repeat` and others write files with this name that are not the report of a run.
    if (typeof last !== "number" || typeof dev?.protocols !== "object") return undefined;
    return { best: best ?? null, epochs: last, dev: keptSplit(dev), test: test === null ? null : keptSplit(test) };
  } catch (error) {
    if (error instanceof WeftError || error instanceof TypeError) return undefined;
    throw error;
  }
}

function keptSplit({ dataSet, selection, seeds, sentences, intervals, protocols }: Report): KeptSplit {
  const kept = Object.values(protocols).map(({ protocol, words, unit, directed, micro, macro, weighted, intervals: drawn }) => {
    return { protocol, words, unit, directed, micro, macro, weighted, intervals: drawn };
  });
  return { dataSet, selection, seeds, sentences, intervals, protocols: kept };
}

function groupOf(config: TrainConfig): string {
  return createHash("sha256")
    .update(JSON.stringify({ ...config, seed: 0 }))
    .digest("hex")
    .slice(0, 16);
}

async function modified(path: string): Promise<string | null> {
  return stat(path).then(
    ({ mtime }) => mtime.toISOString(),
    () => null,
  );
}
