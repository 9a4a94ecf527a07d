import { Worker } from "node:worker_threads";
import {
  type BuiltModel,
  type ChunkResult,
  type Executor,
  inChunks,
  localExecutor,
  predictionChunk,
  shareModel,
} from "@weft/core";
import type { WorkerReply, WorkerRequest, WorkerStart } from "./protocol.ts";

/** Requests a worker holds at a time: one under way and one waiting, so that it never idles for a message. */
const depth = 2;

type Job = WorkerRequest extends infer Request ? (Request extends WorkerRequest ? Omit<Request, "id"> : never) : never;

/**
 * Spreads chunks over worker threads that share the model's memory. Which worker takes a chunk changes nothing in its result.
 *
 * @param threads 1 works in the calling thread, unless that is to stay free
 */
export async function threadExecutor(
  built: BuiltModel,
  threads: number,
  { background = false }: { readonly background?: boolean | undefined } = {},
): Promise<Executor> {
  if (threads <= 1 && !background) return localExecutor(built);
  const pool = new WorkerPool(built, threads);
  return {
    gradients: (tasks) => pool.run(tasks.map((task) => ({ kind: "gradient", task }))) as Promise<ChunkResult[]>,
    predict: async (examples, options) => {
      const jobs = inChunks(examples, predictionChunk).map((chunk): Job => ({ kind: "predict", examples: chunk, options }));
      return (await pool.run(jobs)).flat() as never;
    },
    close: () => pool.close(),
  };
}

interface Pending {
  readonly job: Job;
  readonly done: (value: unknown) => void;
  readonly failed: (error: unknown) => void;
}

class WorkerPool {
  readonly #workers: { readonly thread: Worker; readonly pending: Map<number, Pending> }[];
  readonly #waiting: Pending[] = [];
  #nextId = 0;
  /** Why a thread has ended that should be there. */
  #failure: { readonly error: unknown } | undefined;

  constructor(built: BuiltModel, threads: number) {
    const start: WorkerStart = { model: shareModel(built), relaxed: built.engine.build === "relaxed" };
    this.#workers = Array.from({ length: threads }, () => {
      // The worker is plain JavaScript: flags that make this process read something else are not for it.
      const thread = new Worker(workerUrl, { workerData: start, execArgv: [] });
      const worker = { thread, pending: new Map<number, Pending>() };
      thread.on("message", (reply: WorkerReply) => {
        const pending = worker.pending.get(reply.id);
        worker.pending.delete(reply.id);
        this.#dispatch();
        if (reply.kind === "failure") pending?.failed(Object.assign(new Error(reply.error.message), reply.error));
        else pending?.done(reply.result);
      });
      thread.on("error", (error) => this.#fail(error));
      return worker;
    });
  }

  /** Results in the order of the jobs, whatever the order in which they end. */
  async run(jobs: readonly Job[]): Promise<unknown[]> {
    if (this.#failure !== undefined) throw this.#failure.error;
    const results = jobs.map((job) => new Promise((done, failed) => this.#waiting.push({ job, done, failed })));
    this.#dispatch();
    return Promise.all(results);
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map(({ thread }) => thread.terminate()));
  }

  /** A thread is gone, and with it whatever it would have answered: nobody shall wait for that. */
  #fail(error: unknown): void {
    this.#failure ??= { error };
    for (const { pending } of this.#workers) {
      for (const job of pending.values()) job.failed(error);
      pending.clear();
    }
    for (const job of this.#waiting.splice(0)) job.failed(error);
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

/** The compiled worker, also when this file itself is read as TypeScript by a test. */
const workerUrl = new URL(
  import.meta.url.endsWith(".ts") ? "../../dist/workers/chunk-worker.js" : "./chunk-worker.js",
  import.meta.url,
);
