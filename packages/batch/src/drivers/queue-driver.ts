import { setTimeout as wait } from "node:timers/promises";
import { WeftError } from "@weft-nlp/core";
import { BatchError } from "../errors.ts";
import { rootOf } from "../plan/index.ts";
import { type JobQueue, openQueue, type QueueWorker, type TakenJob } from "../queue/index.ts";
import type { BatchJob, Driver, LossDecision, Shard, ShardRunner } from "../types.ts";
import { maxLossesInARow, minShardsLost, stuck } from "./local.ts";

/** Options of `queueDriver`. */
export interface QueueDriverOptions {
  /** `redis://…` or `postgres://…` */
  readonly url: string;
  /** Shards at a time, each in a process of its own; defaults to 1. */
  readonly workers?: number | undefined;
  /** How long the queue waits for a sign of life before it gives a shard to another worker. */
  readonly leaseMs?: number | undefined;
  /** Called with news about the connection. */
  readonly onNote?: ((text: string) => void) | undefined;
}

/**
 * Shares the shards of a plan with the same driver on other machines, through a queue that holds
 * nothing but their ids. What is done is known from the manifest, so a queue that loses its memory
 * is filled again, and a shard that two workers do is committed once.
 *
 * A shard that fails is tried again later, perhaps elsewhere; a driver ends with the error if three
 * shards in a row fail in it.
 */
export function queueDriver(options: QueueDriverOptions): Driver {
  return {
    name: "queue",
    run: async (job, signal) => {
      const queue = await openQueue(options.url, `batch-${job.plan.id}`, { onNote: options.onNote, attempts: 5 });
      try {
        await new QueueRun(queue, job, options).run(signal);
      } finally {
        await queue.close();
      }
    },
  };
}

/** How often a driver looks whether the queue is empty, beside the moments when it sees it so. */
const lookMs = 2000;
const maxFailures = 3;

class QueueRun {
  readonly #queue: JobQueue;
  readonly #job: BatchJob;
  readonly #options: QueueDriverOptions;
  readonly #runners: ShardRunner[] = [];
  #left = new Map<string, Shard>();
  #failuresInARow = 0;
  #lossesInARow = 0;
  readonly #shardsLost = new Set<number>();
  #wake = new AbortController();
  #fatal: unknown;

  constructor(queue: JobQueue, job: BatchJob, options: QueueDriverOptions) {
    this.#queue = queue;
    this.#job = job;
    this.#options = options;
  }

  async run(signal: AbortSignal): Promise<void> {
    if (!(await this.#fill())) return;
    await this.#queue.retryFailed();
    const { workers = 1, leaseMs } = this.#options;
    let worker: QueueWorker | undefined;
    const wakeUp = (): void => this.#wake.abort();
    signal.addEventListener("abort", wakeUp);
    try {
      // A model that does not open must not take shards that other machines can do.
      for (let count = 0; count < workers; count++) this.#runners.push(await this.#job.openRunner());
      const all = [...this.#runners];
      try {
        worker = this.#queue.work(async (taken, stop) => this.#do(taken, stop), {
          jobs: workers,
          leaseMs,
        });
        worker.onDrained(wakeUp);
        while (!signal.aborted && this.#fatal === undefined && !(await this.#isDone(signal))) await this.#rest();
      } finally {
        await worker?.stop();
        await Promise.all(all.map(async (runner) => runner.close()));
      }
    } finally {
      signal.removeEventListener("abort", wakeUp);
    }
    if (this.#fatal !== undefined) throw this.#fatal as Error;
    if (signal.aborted) {
      throw new WeftError("CANCELLED", { message: "the batch was stopped", hint: "run the same command to continue" });
    }
  }

  /** Puts what is left on the queue. @returns whether anything is left */
  async #fill(): Promise<boolean> {
    const pending = await this.#job.pending();
    this.#left = new Map(pending.map((shard) => [jobId(shard), shard]));
    await this.#queue.add([...this.#left.keys()].map((id) => ({ id, data: {} })));
    return pending.length > 0;
  }

  async #do(taken: TakenJob, stop: AbortSignal): Promise<void> {
    if (!this.#left.has(taken.id)) await this.#look();
    const shard = this.#left.get(taken.id);
    // Done or split by another worker.
    if (shard === undefined) return;
    if (taken.lost > 0) {
      const decision = await this.#job.abandoned(shard);
      if (decision !== undefined && (await this.#isSettled(shard, decision))) return;
    }
    const runner = this.#runners.pop();
    if (runner === undefined) throw new RangeError("more shards at a time than workers");
    try {
      await this.#runOn(runner, shard, stop);
      this.#failuresInARow = 0;
    } catch (error) {
      if (!stop.aborted) this.#countFailure(error);
      throw error;
    } finally {
      this.#runners.push(runner);
    }
  }

  async #runOn(runner: ShardRunner, shard: Shard, stop: AbortSignal): Promise<void> {
    for (;;) {
      try {
        const record = await runner.run(shard, stop);
        this.#lossesInARow = 0;
        this.#shardsLost.clear();
        this.#left.delete(jobId(shard));
        this.#job.committed(record);
        return;
      } catch (error) {
        if (stop.aborted || !(error instanceof BatchError) || error.code !== "SHARD_LOST") throw error;
        this.#requireLuck(shard, error);
        if (await this.#isSettled(shard, await this.#job.lost(shard, error.summary))) return;
      }
    }
  }

  /** @returns false if the shard is to be done as it is */
  async #isSettled(shard: Shard, decision: LossDecision): Promise<boolean> {
    if (decision.kind === "retry") return false;
    this.#left.delete(jobId(shard));
    if (decision.kind === "quarantined") this.#job.committed(decision.record);
    else {
      for (const child of decision.children) this.#left.set(jobId(child), child);
      await this.#queue.add(decision.children.map((child) => ({ id: jobId(child), data: {} })));
    }
    return true;
  }

  /** Ends this worker if whatever it does is lost: the cause is then not the shards. */
  #requireLuck({ id }: Shard, cause: BatchError): void {
    this.#lossesInARow++;
    this.#shardsLost.add(rootOf(id));
    if (this.#lossesInARow < maxLossesInARow || this.#shardsLost.size < minShardsLost) return;
    this.#fatal = stuck(this.#lossesInARow, cause);
    this.#wake.abort();
    throw this.#fatal as BatchError;
  }

  async #look(): Promise<void> {
    this.#left = new Map((await this.#job.pending()).map((shard) => [jobId(shard), shard]));
  }

  async #isDone(signal: AbortSignal): Promise<boolean> {
    const isIdle = async (): Promise<boolean> => {
      const { waiting, active } = await unlessAborted(this.#queue.counts(), signal);
      return waiting + active === 0;
    };
    if (!(await isIdle())) return false;
    // Either all is done, or the queue has lost what it held.
    if (!(await this.#fill())) return true;
    if (await isIdle()) await this.#throwFailure();
    return false;
  }

  /** Nothing waits although shards are left: they failed as often as they may. */
  async #throwFailure(): Promise<void> {
    for (const [id, { id: shard }] of this.#left) {
      const { state, failure } = await this.#queue.stateOf(id);
      if (state !== "failed") continue;
      throw new BatchError("BATCH_INCOMPLETE", {
        message: `${this.#left.size} shards are left that failed again and again; shard ${shard}: ${failure ?? "no reason"}`,
        hint: "the same command retries them",
      });
    }
  }

  #countFailure(error: unknown): void {
    this.#failuresInARow++;
    if (this.#failuresInARow < maxFailures) return;
    this.#fatal ??= error;
    this.#wake.abort();
  }

  async #rest(): Promise<void> {
    await wait(lookMs, undefined, { signal: this.#wake.signal }).catch(() => undefined);
    this.#wake = new AbortController();
  }
}

/** Ids that are numbers are the queue's own. */
function jobId({ id }: Shard): string {
  return `shard-${id}`;
}

/** A queue that does not answer must not keep the work from being stopped. */
async function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  if (signal.aborted) throw new WeftError("CANCELLED", { message: "the batch was stopped" });
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () =>
      reject(new WeftError("CANCELLED", { message: "the batch was stopped", hint: "run the same command to continue" }));
    signal.addEventListener("abort", onAbort);
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
