import { Worker } from "node:worker_threads";
import { type BuiltModel, shareModel } from "@weft-nlp/core/inference";
import { WorkerError } from "../errors.ts";
import { receivedError } from "./sent-error.ts";
import type { WorkerReply, WorkerRequest, WorkerStart } from "./worker-messages.ts";

export type Job = WorkerRequest extends infer Request ? (Request extends WorkerRequest ? Omit<Request, "id"> : never) : never;

/**
 * Requests a worker holds at a time: one under way and one waiting, so that it never idles for a
 * message.
 */
const depth = 2;

/**
 * Threads that may end one after the other without one job done: whatever ends them would end the
 * next one too.
 */
export const maxDeathsInARow = 8;
/**
 * Threads that may end in all. The memory that a dead thread worked in is shared and never given
 * back: some megabytes each time.
 */
const maxDeaths = 64;

/**
 * Worker threads on the memory of one model. One that ends fails no job but those it held, and
 * another takes its place, until too many have ended.
 *
 * A prediction that a thread was at when it ended is tried once more, on another one: it depends on
 * nothing that the thread knew. A gradient is not. The run it belongs to ends with an error and
 * goes on from its checkpoint, so that no weight ever comes of a step that was done in two halves.
 */
export class WorkerPool {
  readonly #start: WorkerStart;
  readonly #onDeath: ((cause: unknown) => void) | undefined;
  readonly #workers: Held[];
  readonly #waiting: Pending[] = [];
  #nextId = 0;
  #deaths = 0;
  #deathsInARow = 0;
  #failure: WorkerError | undefined;
  #closed = false;

  constructor(built: BuiltModel, threads: number, onDeath?: (cause: unknown) => void) {
    this.#start = { model: shareModel(built), relaxed: built.engine.build === "relaxed" };
    this.#onDeath = onDeath;
    this.#workers = Array.from({ length: threads }, () => this.#startWorker());
  }

  /** Why no job is taken any more. */
  get failure(): WorkerError | undefined {
    return this.#failure;
  }

  /**
   * Results in the order of the jobs, whatever the order in which they end.
   *
   * @throws {WorkerError} WORKER_LOST where the thread that did a job ended, WORKERS_BROKEN where
   *   too many have
   */
  async run(jobs: readonly Job[]): Promise<unknown[]> {
    if (this.#failure !== undefined) throw this.#failure;
    const results = jobs.map((job) => new Promise((done, failed) => this.#waiting.push({ job, done, failed, tried: false })));
    this.#dispatch();
    return Promise.all(results);
  }

  /** Ends the threads, and with an error what waits for them. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#failure ??= new WorkerError("WORKER_LOST", { message: "the worker threads were ended before their work was done" });
    for (const { failed } of [...this.#waiting.splice(0), ...this.#workers.flatMap(({ pending }) => [...pending.values()])])
      failed(this.#failure);
    await Promise.all(this.#workers.map(({ thread }) => thread.terminate()));
  }

  #startWorker(): Held {
    // The worker is plain JavaScript: flags that make this process read something else are not for
    // it.
    const thread = new Worker(workerUrl, { workerData: this.#start, execArgv: [] });
    const worker: Held = { thread, pending: new Map() };
    thread.on("message", (reply: WorkerReply) => {
      const pending = worker.pending.get(reply.id);
      worker.pending.delete(reply.id);
      this.#deathsInARow = 0;
      this.#dispatch();
      if (reply.kind === "failure") pending?.failed(receivedError(reply.error));
      else pending?.done(reply.result);
    });
    let cause: unknown;
    thread.on("error", (error) => void (cause = error));
    thread.on("exit", (code) => this.#died(worker, cause ?? new Error(`it ended with exit code ${code}`)));
    return worker;
  }

  /** A thread is gone, and with it whatever it would have answered: nobody shall wait for that. */
  #died(worker: Held, cause: unknown): void {
    if (this.#closed) return;
    this.#deaths++;
    this.#deathsInARow++;
    const place = this.#workers.indexOf(worker);
    if (this.#deathsInARow < maxDeathsInARow && this.#deaths < maxDeaths) this.#workers[place] = this.#startWorker();
    else {
      this.#workers.splice(place, 1);
      this.#failure ??= workersBroken(this.#deaths, cause);
    }
    this.#onDeath?.(cause);
    const again: Pending[] = [];
    // A thread does its jobs one after the other: the first is what it was at, and may be what
    // ended it.
    for (const [index, pending] of [...worker.pending.values()].entries()) {
      const mayTry = pending.job.kind === "predict" && (index > 0 || !pending.tried);
      if (mayTry) again.push(index > 0 ? pending : { ...pending, tried: true });
      else pending.failed(workerLost(cause));
    }
    this.#waiting.unshift(...again);
    if (this.#failure === undefined) this.#dispatch();
    else for (const { failed } of this.#waiting.splice(0)) failed(this.#failure);
  }

  /** Hands waiting jobs to the workers that hold the fewest. */
  #dispatch(): void {
    for (let load = 0; load < depth; load++) {
      for (const { thread, pending } of this.#workers) {
        if (pending.size > load) continue;
        const next = this.#waiting.shift();
        if (next === undefined) return;
        const id = this.#nextId++;
        pending.set(id, next);
        thread.postMessage({ ...next.job, id });
      }
    }
  }
}

interface Held {
  readonly thread: Worker;
  readonly pending: Map<number, Pending>;
}

interface Pending {
  readonly job: Job;
  readonly done: (value: unknown) => void;
  readonly failed: (error: unknown) => void;
  /** Whether a thread has ended at it before. */
  readonly tried: boolean;
}

function workerLost(cause: unknown): WorkerError {
  return new WorkerError("WORKER_LOST", {
    message: `a worker thread ended before its work was done: ${wordsOf(cause)}`,
    hint: "where memory is short, fewer threads and shorter texts take less of it",
    cause,
  });
}

function workersBroken(deaths: number, cause: unknown): WorkerError {
  return new WorkerError("WORKERS_BROKEN", {
    message: `${deaths} worker threads ended and no other is started, the last one: ${wordsOf(cause)}`,
    hint: "where memory is short, fewer threads take less of it; reading the model anew starts others",
    cause,
  });
}

function wordsOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** The compiled worker, also when this file itself is read as TypeScript by a test. */
const workerUrl = new URL(
  import.meta.url.endsWith(".ts") ? "../../dist/workers/chunk-worker.js" : "./chunk-worker.js",
  import.meta.url,
);
