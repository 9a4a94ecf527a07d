import { type ChildProcess, spawn } from "node:child_process";
import { open, readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { TrainRequest, TrainState } from "@weft-nlp/api";
import { type Document, documentFromSentence } from "@weft-nlp/core";
import { recordOf } from "@weft-nlp/core/formats";
import { parseConfig, type TrainConfig, trainConfigSchema } from "@weft-nlp/core/training";
import {
  collectSentences,
  exists,
  isMark,
  makeFolder,
  markOf,
  type ProcessMark,
  processState,
  readConfig,
  readingOf,
  readJsonFile,
  writeFileAtomically,
  writeJsonFile,
} from "@weft-nlp/node/files";
import { loadedPlugins } from "@weft-nlp/node/plugins";
import { resolvePaths } from "@weft-nlp/node/runs";
import { RequestError } from "../errors.ts";
import { ownerOnly } from "./correction-files.ts";
import { type CorrectionProject, projectUnknown } from "./correction-project.ts";
import { RunShelf } from "./run-shelf.ts";

/** The last training of a project, as `training.json` in its folder holds it. */
interface Started {
  readonly run: string;
  readonly from: string | null;
  readonly data: string;
  readonly startedAt: string;
  readonly process: ProcessMark;
}

/**
 * Trains on corrected sentences: runs `weft train` as a separate process that writes into the
 * server's runs folder. One at a time.
 *
 * The process stops with the server, and leaves a run that `weft train --resume` can continue.
 */
export class CorrectionTraining {
  readonly #corrections: string;
  readonly #runs: string;
  readonly #command: string;
  readonly #shelf: RunShelf;
  #child: { readonly project: string; readonly process: ChildProcess } | undefined;
  /** The project whose training is being prepared. */
  #starting: string | undefined;
  #closed = false;
  /** Moves of projects in progress. */
  readonly #moves = new Set<Promise<unknown>>();

  /**
   * @param corrections the folder of projects
   * @param runs the runs folder
   * @param command the file of the `weft` command
   */
  constructor(corrections: string, runs: string, command: string) {
    this.#corrections = corrections;
    this.#command = command;
    this.#runs = resolve(runs);
    this.#shelf = new RunShelf(this.#runs);
  }

  /**
   * @throws {RequestError} TRAINING_RUNNING, CORRECTIONS_UNKNOWN, REQUEST_INVALID, STOPPING @throws
   *   {FileError} @throws {DataError} @throws {ConfigError}
   */
  async start(project: CorrectionProject, request: TrainRequest): Promise<TrainState> {
    if (this.#starting !== undefined || this.#child !== undefined) {
      throw new RequestError("TRAINING_RUNNING", {
        message: `a training${this.#child === undefined ? "" : ` on ${this.#child.project}`} is running; this server runs one at a time`,
        hint: "wait until it ends, or stop it",
      });
    }
    this.#starting = project.head.name;
    try {
      await Promise.allSettled(this.#moves);
      if (!(await project.isThere())) throw projectUnknown();
      return await this.#start(project, request);
    } finally {
      this.#starting = undefined;
    }
  }

  /**
   * Moves a project's files while no training uses them, and lets none start meanwhile.
   *
   * @throws {RequestError} TRAINING_RUNNING, even if the training is still being prepared
   * @throws what `move` throws
   */
  async whileIdle<Moved>(project: CorrectionProject, move: () => Promise<Moved>): Promise<Moved> {
    const work = async (): Promise<Moved> => {
      if (this.#starting === project.head.name || (await this.state(project)).state === "running") {
        throw new RequestError("TRAINING_RUNNING", {
          message: "a training on this project is running",
          hint: "wait until it ends, or stop it first",
        });
      }
      return move();
    };
    const moving = work();
    this.#moves.add(moving);
    try {
      return await moving;
    } finally {
      this.#moves.delete(moving);
    }
  }

  /** The state of a project's last training, even if an earlier server started it. */
  async state(project: CorrectionProject): Promise<TrainState> {
    const path = this.#pathOf(project, "training.json");
    if (!(await exists(path))) return { state: "none" };
    const { run, from, data, startedAt, process } = (await readJsonFile(path)) as Started;
    const about = { run, project: project.head.name, from, data, startedAt };
    if (this.#child?.project === project.head.name || runs(process)) return { state: "running", ...about };
    if (await exists(join(this.#runs, run, "report.json"))) return { state: "done", ...about };
    const message = await lastLine(this.#pathOf(project, `${run}.log`));
    const stopped = await exists(join(this.#runs, run, "checkpoints"));
    return { state: stopped ? "stopped" : "failed", ...about, ...(message === "" ? {} : { message }) };
  }

  /** Refuses new trainings, and stops the running one. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.stop();
  }

  /** Stops the running training and waits for its end. @returns whether there was one */
  async stop(project?: CorrectionProject): Promise<boolean> {
    const child = this.#child;
    if (child === undefined || (project !== undefined && child.project !== project.head.name)) return false;
    const ended = new Promise((done) => child.process.once("close", done));
    child.process.kill("SIGTERM");
    await ended;
    return true;
  }

  async #start(
    project: CorrectionProject,
    { from, data = from === undefined ? "alone" : "added" }: TrainRequest,
  ): Promise<TrainState> {
    const { name } = project.head;
    const base = from === undefined ? undefined : await this.#configOf(from);
    if (base === undefined && data === "added") {
      throw new RequestError("REQUEST_INVALID", {
        at: { path: "data" },
        message: "`added` needs a run to add corrected sentences to",
        hint: "name the run in `from`",
      });
    }
    const documents = project.documents("done");
    await makeFolder(this.#runs);
    const run = await this.#freeRun(name);
    const folder = this.#pathOf(project, run);
    await makeFolder(folder);
    const files = { train: join(folder, "train.jsonl"), dev: join(folder, "dev.jsonl") };
    const split = base !== undefined && data === "added" ? await added(base, documents, files) : await alone(documents, files);
    const config: TrainConfig = { ...(base ?? baseConfig(files)), data: split.data };
    await writeJsonFile(join(folder, "weft.yaml"), config);
    const plugins = loadedPlugins().flatMap((url) => ["--plugin", url]);
    const args = ["train", join(folder, "weft.yaml"), "--run", join(this.#runs, run), ...plugins];
    const child = await this.#spawn(name, args, this.#pathOf(project, `${run}.log`));
    const started: Started = {
      run,
      from: from ?? null,
      data: split.words,
      startedAt: new Date().toISOString(),
      process: markOf(child.pid ?? 0),
    };
    await writeJsonFile(this.#pathOf(project, "training.json"), started);
    return this.state(project);
  }

  /** @throws {RequestError} STOPPING, as nothing would stop a process started now */
  async #spawn(project: string, args: readonly string[], logPath: string): Promise<ChildProcess> {
    const log = await open(logPath, "w", ownerOnly.mode);
    try {
      if (this.#closed) throw new RequestError("STOPPING", { message: "the server is stopping" });
      const child = spawn(process.execPath, [this.#command, ...args], { stdio: ["ignore", log.fd, log.fd] });
      this.#child = { project, process: child };
      const ended = (): void => {
        if (this.#child?.process === child) this.#child = undefined;
      };
      // A process that could not be started emits `error`, not `close`.
      child.once("error", ended).once("close", ended);
      return child;
    } finally {
      await log.close();
    }
  }

  async #configOf(from: string): Promise<TrainConfig> {
    const { folder } = await this.#shelf.find(from);
    return resolvePaths(await readConfig(join(folder, "config.yaml"), trainConfigSchema()));
  }

  async #freeRun(name: string): Promise<string> {
    const taken = new Set(await readdir(this.#runs));
    let number = 1;
    while (taken.has(`${name}-${number}`)) number++;
    return `${name}-${number}`;
  }

  #pathOf(project: CorrectionProject, file: string): string {
    return resolve(this.#corrections, project.head.name, file);
  }
}

interface Split {
  readonly data: TrainConfig["data"];
  /** Describes the data in the state of the training. */
  readonly words: string;
}

interface SplitFiles {
  readonly train: string;
  readonly dev: string;
}

/**
 * The run's train data followed by the corrected sentences; its dev and test data unchanged, so
 * scores stay comparable.
 */
async function added(base: TrainConfig, documents: readonly Document[], { train }: SplitFiles): Promise<Split> {
  if (documents.length === 0) throw tooFew(1);
  const { sentences } = await collectSentences(base.data.train, readingOf(base));
  const own = sentences.slice(0, base.data.trainSentences).map(({ sentence }) => documentFromSentence(sentence));
  await writeLines(train, [...own, ...documents]);
  const { dev, test } = base.data;
  return {
    data: { train, dev, ...(test === undefined ? {} : { test }) },
    words: `train: ${own.length} sentences of the run and ${documents.length} corrected sentences; dev and test of the run`,
  };
}

/**
 * Corrected sentences only. Every fifth document goes to dev, so no document is in both; with a
 * single document, every fifth sentence.
 */
async function alone(documents: readonly Document[], files: SplitFiles): Promise<Split> {
  if (documents.length < 2) throw tooFew(2);
  const groups = [...new Set(documents.map(({ metadata }) => metadata["doc"]))];
  const byDocument = groups.length > 1;
  const isDev = (index: number, count: number): boolean => index % 5 === 4 || (count < 5 && index === count - 1);
  const forDev = (document: Document, index: number): boolean =>
    byDocument ? isDev(groups.indexOf(document.metadata["doc"]), groups.length) : isDev(index, documents.length);
  const dev = documents.filter(forDev);
  const train = documents.filter((document, index) => !forDev(document, index));
  await writeLines(files.train, train);
  await writeLines(files.dev, dev);
  return {
    data: { ...files },
    words: `train: ${train.length} corrected sentences; dev: ${dev.length}, every fifth ${byDocument ? "document" : "sentence"}; no test`,
  };
}

async function writeLines(path: string, documents: readonly Document[]): Promise<void> {
  await writeFileAtomically(
    path,
    documents.map((document) => `${JSON.stringify(recordOf(document))}\n`),
    ownerOnly,
  );
}

/**
 * The settings of the bundled corpus, which train in a minute or two on a few hundred sentences.
 */
function baseConfig(data: SplitFiles): TrainConfig {
  return parseConfig({
    data,
    vocabulary: { minCount: 2, foldNumbers: true, unknown: "shape" },
    model: { name: "rin", rounds: 2, inputDropout: 0.3, wordDropout: 0.1 },
    optimizer: { name: "adam", rate: 0.002 },
    training: { epochs: 40, batch: 16, chunk: 4, schedule: { name: "linear" } },
  });
}

function tooFew(min: number): RequestError {
  return new RequestError("REQUEST_INVALID", {
    message: `training needs ${min === 1 ? "a corrected sentence" : `${min} corrected sentences`}, and the project has fewer`,
    hint: "review some sentences first and mark them as done",
  });
}

/** Whether a training still runs; a later process with its number is another. */
function runs(mark: unknown): boolean {
  return isMark(mark) && processState(mark) === "alive";
}

async function lastLine(path: string): Promise<string> {
  const text = await readFile(path, "utf8").catch(() => "");
  return text.trimEnd().split("\n").at(-1)?.trim().slice(0, 300) ?? "";
}
