import { availableParallelism } from "node:os";
import { setTimeout as wait } from "node:timers/promises";
import { WeftError } from "@weft-nlp/core";
import { type ExecuteOptions, executeInWorker, type RunOutcome, type RunProgress } from "@weft-nlp/node/experiments";
import { breakForeignLock } from "@weft-nlp/node/runs";
import { sentError } from "@weft-nlp/node/workers";
import { QueueError } from "../errors.ts";
import { openQueue, type TakenJob } from "../queue/index.ts";
import type { Published } from "./published.ts";
import { readTrainingJob, type TrainingJob, trainingQueue } from "./training-job.ts";

/** Options of `workOnTrainings`. */
export interface TrainingWorkerOptions extends Pick<ExecuteOptions, "threads"> {
  readonly url: string;
  /** Trainings at a time, which share the threads; defaults to 1. */
  readonly jobs?: number | undefined;
  /** Ends when no training is on the queue, instead of waiting for more. */
  readonly untilEmpty?: boolean | undefined;
  /** How long the queue waits for a sign of life before it gives a training to another worker. */
  readonly leaseMs?: number | undefined;
  readonly onEvent?: ((event: TrainingWorkerEvent) => void) | undefined;
}

/** What a worker does; `lost` is how many workers were lost with the run before. */
export type TrainingWorkerEvent =
  | { readonly kind: "note"; readonly text: string }
  | { readonly kind: "ready"; readonly queue: string }
  | { readonly kind: "taken"; readonly run: string; readonly folder: string; readonly lost: number }
  | { readonly kind: "done"; readonly run: string; readonly folder: string; readonly outcome: RunOutcome }
  | { readonly kind: "failed"; readonly run: string; readonly folder: string; readonly error: unknown };

/**
 * Trains what is on a queue until the signal is aborted, or until the queue is empty. A training
 * that is interrupted, here or by the death of a worker, is resumed from its last checkpoint by the
 * next worker that takes it. One that loses three workers fails.
 *
 * @throws {QueueError} QUEUE_URL_INVALID, QUEUE_CLIENT_MISSING or QUEUE_UNREACHABLE
 */
export async function workOnTrainings(options: TrainingWorkerOptions, signal: AbortSignal): Promise<void> {
  const { url, jobs = 1, untilEmpty = false, leaseMs = 30_000, onEvent = () => undefined } = options;
  const queue = await openQueue(url, trainingQueue, { attempts: 1, onNote: (text) => onEvent({ kind: "note", text }) });
  let failed = 0;
  try {
    const worker = queue.work(
      async (taken, stop) => {
        try {
          await trainTaken(taken, { threads: options.threads, jobs, leaseMs, onEvent }, stop);
        } catch (error) {
          if (!stop.aborted) failed++;
          throw error;
        }
      },
      { jobs, leaseMs },
    );
    onEvent({ kind: "ready", queue: queue.shown });
    try {
      while (!signal.aborted) {
        if (untilEmpty) {
          const { waiting, active } = await queue.counts();
          if (waiting + active === 0) break;
        }
        await wait(1000, undefined, { signal }).catch(() => undefined);
      }
    } finally {
      await worker.stop();
    }
  } finally {
    await queue.close();
  }
  if (untilEmpty && failed > 0) throw new QueueError("TRAININGS_FAILED", { message: `trainings that failed here: ${failed}` });
}

interface Settings {
  readonly threads: number | undefined;
  readonly jobs: number;
  readonly leaseMs: number;
  readonly onEvent: (event: TrainingWorkerEvent) => void;
}

/** How many workers a training may lose before it fails: it may be what ends them. */
const maxLost = 3;

async function trainTaken(taken: TakenJob, settings: Settings, stop: AbortSignal): Promise<void> {
  const { onEvent } = settings;
  const publisher = new Publisher(taken);
  let [name, folder] = [taken.id, ""];
  try {
    const { run, compute } = readTrainingJob(taken.id, taken.data);
    ({ name, folder } = run);
    onEvent({ kind: "taken", run: name, folder, lost: taken.lost });
    if (taken.lost >= maxLost) {
      throw new QueueError("TRAINING_LOST", {
        at: { source: folder },
        message: `${taken.lost} workers ended while they trained this`,
        hint: "train it alone with weft train --resume to see why; memory is a usual reason",
      });
    }
    for await (const event of trainWhenFree(run, compute, taken, settings, AbortSignal.any([stop, taken.leaseLost]))) {
      if (event.kind === "done") onEvent({ kind: "done", run: name, folder, outcome: event.outcome });
      else publisher.add(event);
    }
  } catch (error) {
    if (!stop.aborted && !taken.leaseLost.aborted) {
      onEvent({ kind: "failed", run: name, folder, error });
      await publisher.fail(error);
    }
    throw error;
  }
}

/**
 * Trains, once the worker that was lost no longer writes into the folder. If it is frozen, it finds
 * when it wakes that its lease is over, and stops. If it was on another machine, its lock says
 * nothing: after one more lease it must have stopped.
 */
async function* trainWhenFree(
  run: TrainingJob["run"],
  compute: TrainingJob["compute"],
  taken: TakenJob,
  { threads, jobs, leaseMs }: Settings,
  signal: AbortSignal,
): AsyncGenerator<RunProgress, void, void> {
  const each = { threads: Math.max(1, Math.floor((threads ?? availableParallelism()) / jobs)) };
  const began = performance.now();
  for (;;) {
    try {
      yield* executeInWorker(run, { ...compute, ...each, signal });
      return;
    } catch (error) {
      if (taken.lost === 0 || !(error instanceof WeftError) || error.code !== "FILE_IN_USE" || signal.aborted) throw error;
      await wait(1000, undefined, { signal });
      if (performance.now() - began > leaseMs) await breakForeignLock(run.folder);
    }
  }
}

/** Publishes the last event of each kind, at most once a second. */
class Publisher {
  readonly #taken: TakenJob;
  #published: Published = {};
  #last = Number.NEGATIVE_INFINITY;

  constructor(taken: TakenJob) {
    this.#taken = taken;
  }

  add(event: Exclude<RunProgress, { kind: "done" }>): void {
    this.#published = { ...this.#published, [event.kind]: event };
    if (event.kind !== "begin" && performance.now() - this.#last < 1000) return;
    this.#last = performance.now();
    // A store that does not answer must not hold up the training.
    void this.#taken.progress(this.#published);
  }

  async fail(error: unknown): Promise<void> {
    const { stack: _, ...sent } = sentError(error);
    await this.#taken.progress({ ...this.#published, failure: sent });
  }
}
