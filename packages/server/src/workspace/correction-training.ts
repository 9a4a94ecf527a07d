import { type ChildProcess, spawn } from "node:child_process";
import { open, readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { TrainRequest, TrainState } from "@weft-nlp/api";
import type { TrainConfig } from "@weft-nlp/core/training";
import {
  exists,
  isMark,
  makeFolder,
  markOf,
  type ProcessMark,
  processState,
  readJsonFile,
  writeJsonFile,
} from "@weft-nlp/node/files";
import { loadedPlugins } from "@weft-nlp/node/plugins";
import { RequestError } from "../errors.ts";
import type { ServedModel } from "../extraction/model-registry.ts";
import { ownerOnly } from "./correction-files.ts";
import { type CorrectionProject, projectUnknown } from "./correction-project.ts";
import { configOf } from "./known-model.ts";
import { RunShelf } from "./run-shelf.ts";
import { addsTo, splitCorrections } from "./training-data.ts";
import { startFresh, startFromModel } from "./training-start.ts";

/** The last training of a project, as `training.json` in its folder holds it. */
interface Started {
  readonly run: string;
  readonly from: string | null;
  readonly data: string;
  readonly startedAt: string;
  readonly process: ProcessMark;
  /**
   * The served model that it started from or is compared with; absent in files of earlier versions.
   */
  readonly model?: ComparedModel | undefined;
  /** True once it has ended without an error. */
  readonly finished?: boolean | undefined;
}

/** A served model as it was when a training began. */
export interface ComparedModel {
  readonly name: string;
  readonly folder: string;
  /** The name of its run or folder. */
  readonly before: string;
}

/** The served models, for trainings that start from one. */
export interface ServedModels {
  /** @param name defaults to the first model's @throws {RequestError} MODEL_UNKNOWN */
  readonly find: (name: string | undefined) => ServedModel;
  /** The name of a model's run or folder. */
  readonly nameOf: (served: ServedModel) => string;
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
  readonly #models: ServedModels | undefined;
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
   * @param shelf where runs are listed
   * @param models without it, no training starts from a model
   */
  constructor(corrections: string, runs: string, command: string, shelf?: RunShelf, models?: ServedModels) {
    this.#corrections = corrections;
    this.#command = command;
    this.#runs = resolve(runs);
    this.#shelf = shelf ?? new RunShelf(this.#runs);
    this.#models = models;
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
    const started = await this.#startedOf(project);
    if (started === undefined) return { state: "none" };
    const { run, from, data, startedAt, process, model, finished } = started;
    const about = { run, project: project.head.name, from, data, startedAt, model: model?.name ?? null };
    if (this.#child?.project === project.head.name || runs(process)) {
      return { state: "running", ...about, progress: await this.#progressOf(run) };
    }
    const folder = join(this.#runs, run);
    if (await exists(join(folder, "report.json"))) return { state: "done", ...about };
    // The run was renamed or deleted.
    if (finished === true) return { state: "none" };
    const message = await lastLine(this.#pathOf(project, `${run}.log`));
    const stopped = await exists(join(folder, "checkpoints"));
    return { state: stopped ? "stopped" : "failed", ...about, ...(message === "" ? {} : { message }) };
  }

  /**
   * What a project's last training is to be compared with.
   *
   * @throws {RequestError} RUN_UNKNOWN if it has not ended with a model
   */
  async compared(
    project: CorrectionProject,
  ): Promise<{ readonly run: string; readonly folder: string; readonly model: ComparedModel }> {
    const { state } = await this.state(project);
    const { run = "", model } = (await this.#startedOf(project)) ?? {};
    if (state !== "done" || model === undefined) {
      throw new RequestError("RUN_UNKNOWN", {
        message: "this project has no finished training to compare",
        hint: state === "running" ? "wait until the training ends" : "train on its sentences first",
      });
    }
    return { run, folder: join(this.#runs, run), model };
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

  async #start(project: CorrectionProject, request: TrainRequest): Promise<TrainState> {
    const { name } = project.head;
    const documents = project.documents("done");
    const { from, model: asked } = request;
    const model = this.#models?.find(asked);
    if (from !== undefined && asked !== undefined) {
      throw new RequestError("REQUEST_INVALID", {
        at: { path: "from" },
        message: "the request has both `from` and `model`",
        hint: "name the run whose settings to use, or the served model to start from",
      });
    }
    const start =
      asked === undefined || model === undefined
        ? startFresh(from === undefined ? undefined : await this.#configOf(from))
        : await startFromModel(model, documents);
    const adds = await addsTo(start.base, request.data);
    await makeFolder(this.#runs);
    const run = await this.#freeRun(name);
    const folder = this.#pathOf(project, run);
    await makeFolder(folder);
    const files = { train: join(folder, "train.jsonl"), dev: join(folder, "dev.jsonl") };
    const split = await splitCorrections(adds ? start.base : undefined, documents, files);
    const config: TrainConfig = { ...start.config, data: split.data };
    await writeJsonFile(join(folder, "weft.yaml"), config);
    const plugins = loadedPlugins().flatMap((url) => ["--plugin", url]);
    const args = ["train", join(folder, "weft.yaml"), "--run", join(this.#runs, run), ...plugins];
    const child = await this.#spawn(name, args, this.#pathOf(project, `${run}.log`));
    const arrived = this.#shelf.expect(run, config);
    child.once("error", arrived).once("close", arrived);
    const started: Started = {
      run,
      from: from ?? null,
      data: [split.words, start.words].filter((words) => words !== "").join("; "),
      startedAt: new Date().toISOString(),
      process: markOf(child.pid ?? 0),
      model:
        model === undefined || this.#models === undefined
          ? undefined
          : { name: model.name, folder: resolve(model.folder), before: this.#models.nameOf(model) },
    };
    const path = this.#pathOf(project, "training.json");
    await writeJsonFile(path, started);
    child.once("close", (code) => {
      if (code !== 0) return;
      // Should this fail, a run that is renamed later looks as if its training had failed.
      const noting: Promise<unknown> = writeJsonFile(path, { ...started, finished: true })
        .catch(() => undefined)
        .finally(() => this.#moves.delete(noting));
      this.#moves.add(noting);
    });
    return this.state(project);
  }

  async #startedOf(project: CorrectionProject): Promise<Started | undefined> {
    const path = this.#pathOf(project, "training.json");
    return (await exists(path)) ? ((await readJsonFile(path)) as Started) : undefined;
  }

  async #progressOf(run: string): Promise<TrainState["progress"]> {
    const { started, epochs, best, last } = await this.#shelf.progress({ name: run, folder: join(this.#runs, run) });
    const done = last?.epoch ?? 0;
    const pace = started === undefined || done === 0 ? undefined : (Date.now() - Date.parse(started)) / 1000 / done;
    // The epochs of a model in parts are counted for each part.
    const known = pace !== undefined && epochs !== undefined && last?.part === undefined;
    return {
      epoch: done,
      epochs: epochs ?? null,
      protocol: last?.protocol ?? null,
      score: last?.score ?? null,
      best: best?.score ?? null,
      secondsLeft: known ? Math.max(0, pace * (epochs - done)) : null,
    };
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
    return configOf((await this.#shelf.find(from)).folder);
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

/** Whether a training still runs; a later process with its number is another. */
function runs(mark: unknown): boolean {
  return isMark(mark) && processState(mark) === "alive";
}

async function lastLine(path: string): Promise<string> {
  const text = await readFile(path, "utf8").catch(() => "");
  return text.trimEnd().split("\n").at(-1)?.trim().slice(0, 300) ?? "";
}
