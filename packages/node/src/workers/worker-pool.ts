import { Worker } from "node:worker_threads";
import { type BuiltModel, shareModel } from "@weft-nlp/core/inference";
import type { Address } from "@weft-nlp/tensor";
import { WorkerError } from "../errors.ts";
import { loadedPlugins } from "../plugins/index.ts";
import { receivedError } from "./sent-error.ts";
import type { WorkerReply, WorkerRequest, WorkerStart } from "./worker-messages.ts";

export type Job = WorkerRequest extends infer Request ? (Request extends WorkerRequest ? Omit<Request, "id"> : never) : never;

/** Requests per worker: one in progress and one waiting, so that it never idles for a message. */
const depth = 2;

/**
 * Max number of threads that may end in a row without finishing a job: the cause would end the next
 * one too.
 */
export const maxDeathsInARow = 8;

/**
 * Worker threads on the memory of one model. A thread that ends fails only the jobs it held, and is
 * replaced until too many have ended in a row. Its successor takes over its part of the memory.
 *
 * A prediction in progress when its thread ended is retried once on another thread, since it
 * depends on no state of the thread. A gradient is not: its run ends with an error and resumes from
 * its checkpoint, so that no step is ever half done.
 */
export class WorkerPool {
  readonly #built: BuiltModel;
  readonly #threads: number;
  readonly #onDeath: ((cause: unknown) => void) | undefined;
  #start: Omit<WorkerStart, "holdings"> | undefined;
  readonly #workers: Held[] = [];
  readonly #waiting: Pending[] = [];
  #nextId = 0;
  #deaths = 0;
  #deathsInARow = 0;
  #failure: WorkerError | undefined;
  #closed = false;
  /** Whether results lie in the memory of the threads, and are read when those may have ended. */
  #leavesResults = false;

  /** @param startAll starts all threads at once; by default one more for each job that waits */
  constructor(built: BuiltModel, threads: number, { startAll = false, onDeath }: PoolOptions = {}) {
    this.#built = built;
    this.#threads = threads;
    this.#onDeath = onDeath;
    if (startAll) this.#startFor(threads);
  }

  /** Why the pool accepts no more jobs. */
  get failure(): WorkerError | undefined {
    return this.#failure;
  }

  /**
   * Resolves to the results in the order of the jobs.
   *
   * @throws {WorkerError} WORKER_LOST if the thread that did a job ended, WORKERS_BROKEN if too
   *   many have
   */
  async run(jobs: readonly Job[]): Promise<unknown[]> {
    if (this.#failure !== undefined) throw this.#failure;
    this.#startFor(jobs.length);
    this.#leavesResults ||= jobs.some(({ kind }) => kind === "gradient");
    const results = jobs.map((job) => new Promise((done, failed) => this.#waiting.push({ job, done, failed, tried: false })));
    this.#dispatch();
    return Promise.all(results);
  }

  /** Ends the threads; waiting jobs fail. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#failure ??= new WorkerError("WORKER_LOST", {
      message: "the worker threads were ended before they finished their work",
    });
    for (const { failed } of [...this.#waiting.splice(0), ...this.#workers.flatMap(({ pending }) => [...pending.values()])])
      failed(this.#failure);
    await Promise.all(this.#workers.map(({ thread }) => thread.terminate()));
  }

  #startFor(jobs: number): void {
    while (this.#workers.length < Math.min(jobs, this.#threads)) this.#workers.push(this.#startWorker());
  }

  /** @param holdings those of the thread that it replaces; defaults to new ones */
  #startWorker(holdings = this.#built.engine.heap.openHoldings()): Held {
    this.#start ??= {
      model: shareModel(this.#built),
      plugins: loadedPlugins(),
    };
    // The worker is plain JavaScript: it must not inherit flags that make this process read
    // TypeScript.
    const thread = new Worker(workerUrl, { workerData: { ...this.#start, holdings } satisfies WorkerStart, execArgv: [] });
    const worker: Held = { thread, holdings, pending: new Map() };
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

  /** A thread is gone and cannot answer: fails or moves the jobs that wait for it. */
  #died(worker: Held, cause: unknown): void {
    if (this.#closed) return;
    this.#deaths++;
    this.#deathsInARow++;
    const place = this.#workers.indexOf(worker);
    if (this.#deathsInARow < maxDeathsInARow) this.#workers[place] = this.#startWorker(this.#left(worker));
    else {
      this.#workers.splice(place, 1);
      this.#failure ??= workersBroken(this.#deaths, cause);
    }
    this.#onDeath?.(cause);
    const again: Pending[] = [];
    // A thread does its jobs one after the other: the first was in progress, and may have ended it.
    for (const [index, pending] of [...worker.pending.values()].entries()) {
      const mayTry = pending.job.kind !== "gradient" && (index > 0 || !pending.tried);
      if (mayTry) again.push(index > 0 ? pending : { ...pending, tried: true });
      else pending.failed(workerLost(cause));
    }
    this.#waiting.unshift(...again);
    if (this.#failure === undefined) this.#dispatch();
    else for (const { failed } of this.#waiting.splice(0)) failed(this.#failure);
  }

  /** The memory that a thread that has ended leaves to the next one, if nothing there is in use. */
  #left({ holdings }: Held): Address | undefined {
    if (this.#leavesResults) return undefined;
    this.#built.engine.heap.freeHoldings(holdings);
    return holdings;
  }

  /** Hands waiting jobs to the workers with the fewest jobs. */
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

interface PoolOptions {
  readonly startAll?: boolean | undefined;
  readonly onDeath?: ((cause: unknown) => void) | undefined;
}

interface Held {
  readonly thread: Worker;
  readonly holdings: Address;
  readonly pending: Map<number, Pending>;
}

interface Pending {
  readonly job: Job;
  readonly done: (value: unknown) => void;
  readonly failed: (error: unknown) => void;
  /** Whether a thread already ended during it. */
  readonly tried: boolean;
}

function workerLost(cause: unknown): WorkerError {
  return new WorkerError("WORKER_LOST", {
    message: `a worker thread ended before it finished its work: ${wordsOf(cause)}`,
    hint: "if memory is short, use fewer threads or shorter texts",
    cause,
  });
}

function workersBroken(deaths: number, cause: unknown): WorkerError {
  return new WorkerError("WORKERS_BROKEN", {
    message: `${deaths} worker threads ended, so no more are started; the last one: ${wordsOf(cause)}`,
    hint: "if memory is short, use fewer threads; reload the model to start new ones",
    cause,
  });
}

function wordsOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** The compiled worker, even when a test loads this file as TypeScript. */
const workerUrl = new URL(
  import.meta.url.endsWith(".ts") ? "../../dist/workers/chunk-worker.js" : "./chunk-worker.js",
  import.meta.url,
);
