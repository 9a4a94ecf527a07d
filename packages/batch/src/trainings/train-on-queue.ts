import { setTimeout as wait } from "node:timers/promises";
import { RunError } from "@weft-nlp/node/errors";
import { type ExecuteRun, executeRun, isFinished } from "@weft-nlp/node/experiments";
import { receivedError, type SentError } from "@weft-nlp/node/workers";
import { type JobQueue, openQueue } from "../queue/index.ts";
import { type Published, readPublished } from "./published.ts";
import { trainingJob, trainingQueue } from "./training-job.ts";

/** Has runs trained by the workers of a queue. */
export interface QueueTrainer {
  /** For `runMany`: puts the run on the queue and follows it. */
  readonly execute: ExecuteRun;
  /** How many workers there are. */
  workers(): Promise<number>;
  close(): Promise<void>;
}

/** Options of `openQueueTrainer`. */
export interface QueueTrainerOptions {
  /** Called with news about the connection. */
  readonly onNote?: ((text: string) => void) | undefined;
}

/**
 * Opens a queue to have runs trained on. Workers write into the folders of the runs, so all
 * machines must have these and the data under the same paths.
 *
 * @throws {QueueError} QUEUE_URL_INVALID, QUEUE_CLIENT_MISSING or QUEUE_UNREACHABLE
 */
export async function openQueueTrainer(url: string, options: QueueTrainerOptions = {}): Promise<QueueTrainer> {
  // A training that fails would fail again; one whose worker is lost does not count as failed.
  const queue = await openQueue(url, trainingQueue, { ...options, attempts: 1 });
  return {
    execute: (run, how) => follow(queue, run, how),
    workers: async () => queue.workers(),
    close: async () => queue.close(),
  };
}

/** How often a run on the queue is looked at. */
const lookMs = 1000;

async function* follow(queue: JobQueue, ...[run, options]: Parameters<ExecuteRun>): ReturnType<ExecuteRun> {
  const job = trainingJob(run, options);
  let seen: Published = {};
  let isNew = false;
  while (!(await isFinished(run))) {
    options.signal?.throwIfAborted();
    const { state, progress, failure } = await queue.stateOf(job.id);
    const published = readPublished(progress);
    if (state === "failed") {
      // Its id is free again, so that the next call can retry it.
      await queue.remove(job.id);
      // What failed before this call is retried by it.
      if (isNew) throw errorOf(run.name, published.failure, failure);
    }
    // Not there yet, or the queue has lost it.
    if (state === "missing" || state === "failed") {
      if (await isFinished(run)) break;
      await queue.add([job]);
    }
    isNew = true;
    for (const kind of ["begin", "step", "evaluation"] as const) {
      const event = published[kind];
      if (event !== undefined && JSON.stringify(event) !== JSON.stringify(seen[kind])) yield { ...event, run: run.name };
    }
    seen = published;
    await wait(lookMs, undefined, options.signal === undefined ? {} : { signal: options.signal });
  }
  for await (const event of executeRun(run, options)) yield event.kind === "done" ? { ...event, trained: isNew } : event;
}

function errorOf(run: string, sent: SentError | undefined, failure: string | undefined): Error {
  if (sent !== undefined) return receivedError(sent);
  return new RunError("RUN_FAILED", { at: { source: run }, message: failure ?? "its worker gave no reason" });
}
