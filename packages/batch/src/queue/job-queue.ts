import { setTimeout as wait } from "node:timers/promises";
import type { ConnectionOptions, IQueueBackend, PostgresConnectionOptions, Queue } from "bullmq";
import { QueueError } from "../errors.ts";
import { loadQueueLibrary, type QueueLibrary } from "./queue-library.ts";
import { parseQueueUrl } from "./queue-url.ts";
import { type JobHandler, type QueueWorker, type WorkOptions, workOn } from "./queue-worker.ts";
import { within } from "./within.ts";

/** What a queue holds: small values that name the work, which is kept elsewhere. */
export interface NewJob {
  /** A job whose id is in the queue already is not added. Not a number, and without a colon. */
  readonly id: string;
  readonly data: unknown;
}

/** What a queue knows of a job. */
export interface JobState {
  /** `missing` if it is done, or the queue has lost it. */
  readonly state: "missing" | "waiting" | "active" | "failed";
  readonly progress?: unknown;
  readonly failure?: string | undefined;
}

/** How many jobs there are. Those that are done are not kept. */
export interface QueueCounts {
  readonly waiting: number;
  readonly active: number;
  readonly failed: number;
}

/** Options of `openQueue`. */
export interface QueueOptions {
  /** Called with news about the connection: it broke, or it is there again. */
  readonly onNote?: ((text: string) => void) | undefined;
  /** How often a failing job is tried; defaults to 3. A job whose worker dies has not failed. */
  readonly attempts?: number | undefined;
}

/** Jobs in a store that several machines reach. */
export interface JobQueue {
  /** The address without the password. */
  readonly shown: string;
  /** Adds the jobs that are not there yet. */
  add(jobs: readonly NewJob[]): Promise<void>;
  counts(): Promise<QueueCounts>;
  stateOf(id: string): Promise<JobState>;
  /** Puts failed jobs back, to be tried as often as new ones. */
  retryFailed(): Promise<void>;
  /** Removes a job that failed, so that its id is free. */
  remove(id: string): Promise<void>;
  /** How many workers wait for jobs or do them. */
  workers(): Promise<number>;
  work(handler: JobHandler, options?: WorkOptions): QueueWorker;
  close(): Promise<void>;
}

/**
 * Opens a queue, which need not exist.
 *
 * @param name which of the queues in the store
 * @throws {QueueError} QUEUE_URL_INVALID, QUEUE_CLIENT_MISSING or QUEUE_UNREACHABLE
 */
export async function openQueue(url: string, name: string, options: QueueOptions = {}): Promise<JobQueue> {
  const address = parseQueueUrl(url);
  const library = await loadQueueLibrary(address);
  const { onNote, attempts = 3 } = options;
  const defaultJobOptions = {
    attempts,
    backoff: { type: "exponential", delay: 1000 },
    removeOnComplete: true,
    removeOnFail: false,
    stackTraceLimit: 1,
  };
  const streams = { events: { maxLen: 1000 } };
  const queue: AnyQueue = new library.Queue(name, { ...library.options, defaultJobOptions, streams }, library.backend);
  await untilReachable(queue, library, address.shown);
  const note = connectionNotes(address.shown, onNote);
  queue.on("error", note);
  let closed = false;
  const patiently = async <Value>(ask: () => Promise<Value>): Promise<Value> => {
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        if (closed || !(error instanceof Error) || !isBrokenConnection(error)) throw error;
        note(error);
        await wait(1000);
      }
    }
  };
  return {
    shown: address.shown,
    add: async (jobs) => {
      for (let from = 0; from < jobs.length; from += bulk) {
        const some = jobs.slice(from, from + bulk).map(({ id, data }) => ({ name: "job", data, opts: { jobId: id } }));
        await patiently(async () => queue.addBulk(some));
      }
    },
    counts: async () => {
      const counts = await patiently(async () => queue.getJobCounts());
      const { waiting = 0, prioritized = 0, delayed = 0, paused = 0, active = 0, failed = 0 } = counts;
      return { waiting: waiting + prioritized + delayed + paused, active, failed };
    },
    stateOf: async (id) => patiently(async () => stateOf(queue, id)),
    retryFailed: async () => {
      for (const job of await patiently(async () => queue.getFailed(0, -1))) {
        // Another process may have put it back.
        await job.retry("failed", { resetAttemptsMade: true }).catch(note);
      }
    },
    remove: async (id) => void (await patiently(async () => queue.remove(id))),
    workers: async () => patiently(async () => queue.getWorkersCount()),
    work: (handler, how = {}) => workOn({ name, library, note, answers: async () => answers(queue) }, handler, how),
    close: async () => {
      closed = true;
      await closeQueue(queue, library);
    },
  };
}

/** Redis waits by itself; PostgreSQL says that it ends, starts or is not there. */
function isBrokenConnection(error: Error): boolean {
  const code = "code" in error ? String(error.code) : "";
  const codes = /^(ECONN(REFUSED|RESET)|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN|57P0[123]|08\w{3})$/;
  return (
    codes.test(code) || /connection (is |was )?(terminated|closed|ended)|connection timeout|timeout exceeded/i.test(error.message)
  );
}

/** Jobs that are added in one request. */
const bulk = 1000;

type AnyQueue = Queue<
  unknown,
  unknown,
  string,
  unknown,
  unknown,
  string,
  IQueueBackend,
  ConnectionOptions | PostgresConnectionOptions
>;

async function stateOf(queue: AnyQueue, id: string): Promise<JobState> {
  const job = await queue.getJob(id);
  if (job === undefined) return { state: "missing" };
  const state = await job.getState();
  if (state === "unknown" || state === "completed") return { state: "missing" };
  if (state === "failed") return { state, failure: job.failedReason };
  return { state: state === "active" ? "active" : "waiting", progress: job.progress };
}

/** A store that does not answer at the start is a wrong address more often than a pause. */
async function untilReachable(queue: AnyQueue, library: QueueLibrary, shown: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      queue.on("error", reject);
      queue.waitUntilReady().then(resolve, reject);
      timer = setTimeout(() => reject(new Error("no answer within 15 s")), 15_000);
    });
  } catch (cause) {
    queue.on("error", () => undefined);
    await closeQueue(queue, library);
    const reason = cause instanceof AggregateError ? cause.errors.map(String).join(", ") : messageOf(cause);
    throw new QueueError("QUEUE_UNREACHABLE", {
      at: { source: shown },
      message: `the queue cannot be reached: ${reason}`,
      hint: "check host, port and password, and that the store runs",
      cause,
    });
  } finally {
    clearTimeout(timer);
  }
  queue.removeAllListeners("error");
}

async function closeQueue(queue: AnyQueue, library: QueueLibrary): Promise<void> {
  if (!(await answers(queue))) await library.giveUp();
  await within(
    async () => queue.close(),
    async () => undefined,
  );
  library.dropConnections();
}

async function answers(queue: AnyQueue): Promise<boolean> {
  let isThere = false;
  await within(
    async () => {
      await queue.getJobCounts("active");
      isThere = true;
    },
    async () => undefined,
    1000,
  );
  return isThere;
}

/** Reports a broken connection once a minute: clients report every attempt. */
function connectionNotes(shown: string, onNote: QueueOptions["onNote"]): (error: Error) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (error) => {
    if (performance.now() - last < 60_000) return;
    last = performance.now();
    onNote?.(`${shown}: ${messageOf(error)}; the work continues when the queue answers`);
  };
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message === "" && "code" in error ? String(error.code) : error.message;
}
