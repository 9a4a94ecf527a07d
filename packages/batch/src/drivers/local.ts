import { setMaxListeners } from "node:events";
import { WeftError } from "@weft-nlp/core";
import { BatchError } from "../errors.ts";
import { rootOf } from "../plan/index.ts";
import type { BatchJob, Driver, Shard, ShardRunner } from "../types.ts";

/** Options of `localDriver`. */
export interface LocalDriverOptions {
  /** Worker processes at a time, each with a model and threads of its own. Defaults to 1. */
  readonly workers?: number | undefined;
}

/** Does the pending shards on this machine. It needs nothing but the folder of the batch. */
export function localDriver({ workers = 1 }: LocalDriverOptions = {}): Driver {
  return { name: "local", run: async (job, signal) => new LocalRun(job, signal).run(workers) };
}

/** Lost workers in a row, with so many different shards, after which the cause is not a shard. */
export const maxLossesInARow = 12;
export const minShardsLost = 4;

/** Causes that concern one input; the others can still be done. */
const inputCodes: ReadonlySet<string> = new Set([
  ...["FILE_MISSING", "FILE_DENIED", "FILE_IS_FOLDER", "GZIP_INVALID", "ENCODING_INVALID"],
  "PLAN_MISMATCH",
]);

class LocalRun {
  readonly #job: BatchJob;
  readonly #signal: AbortSignal;
  readonly #stop = new AbortController();
  readonly #waiting: Shard[] = [];
  #running = 0;
  /** Called when a worker may have something to do, or nothing is left. */
  readonly #wake: (() => void)[] = [];
  readonly #badInputs = new Map<number, unknown>();
  #lossesInARow = 0;
  readonly #shardsLost = new Set<number>();

  constructor(job: BatchJob, signal: AbortSignal) {
    this.#job = job;
    this.#signal = AbortSignal.any([signal, this.#stop.signal]);
    // Each worker listens to it while it does a shard.
    setMaxListeners(0, this.#signal);
    this.#signal.addEventListener("abort", () => this.#wakeAll(), { once: true });
  }

  async run(workers: number): Promise<void> {
    for (const shard of await this.#job.pending()) this.#waiting.push(shard);
    const results = await Promise.allSettled(Array.from({ length: workers }, async () => this.#work()));
    const failed = results.flatMap((result) => (result.status === "rejected" ? [{ cause: result.reason as unknown }] : []));
    const first = failed.find(({ cause }) => cause !== this.#stop.signal.reason) ?? failed[0];
    if (first !== undefined) throw first.cause;
    for (const cause of this.#badInputs.values()) throw cause;
  }

  async #work(): Promise<void> {
    let runner: ShardRunner | undefined;
    try {
      for (let shard = await this.#next(); shard !== undefined; shard = await this.#next()) {
        this.#running++;
        try {
          runner ??= await this.#job.openRunner();
          await this.#do(runner, shard);
        } finally {
          this.#running--;
          this.#wakeAll();
        }
      }
    } catch (cause) {
      this.#stop.abort(cause);
      this.#wakeAll();
      throw cause;
    } finally {
      await runner?.close();
    }
  }

  /** The next shard; waits while one under way may be split. */
  async #next(): Promise<Shard | undefined> {
    for (;;) {
      this.#signal.throwIfAborted();
      const shard = this.#waiting.shift();
      if (shard !== undefined && this.#badInputs.has(shard.input)) continue;
      if (shard !== undefined || this.#running === 0) return shard;
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  async #do(runner: ShardRunner, shard: Shard): Promise<void> {
    try {
      this.#job.committed(await runner.run(shard, this.#signal));
      this.#lossesInARow = 0;
      this.#shardsLost.clear();
    } catch (cause) {
      this.#signal.throwIfAborted();
      if (!(cause instanceof WeftError)) throw cause;
      if (cause.code === "SHARD_LOST") await this.#lost(shard, cause);
      else if (this.#concerns(cause, shard)) this.#badInputs.set(shard.input, cause);
      else throw cause;
    }
  }

  #concerns({ code, at }: WeftError, { input }: Shard): boolean {
    const { path, name } = this.#job.plan.inputs[input] ?? {};
    return inputCodes.has(code) && at?.source !== undefined && (at.source === path || at.source === name);
  }

  async #lost(shard: Shard, cause: WeftError): Promise<void> {
    this.#lossesInARow++;
    this.#shardsLost.add(rootOf(shard.id));
    if (this.#lossesInARow >= maxLossesInARow && this.#shardsLost.size >= minShardsLost) throw stuck(this.#lossesInARow, cause);
    const decision = await this.#job.lost(shard, cause.summary);
    if (decision.kind === "retry") this.#waiting.push(shard);
    else if (decision.kind === "split") this.#waiting.unshift(...decision.children);
    else this.#job.committed(decision.record);
  }

  #wakeAll(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}

export function stuck(losses: number, cause: WeftError): BatchError {
  return new BatchError("WORKERS_LOST", {
    message: `${losses} workers ended in a row, with different shards; the last: ${cause.summary}`,
    hint: "memory may have run out: try fewer --threads or --workers; what is committed stays, and the same command resumes",
    cause,
  });
}
