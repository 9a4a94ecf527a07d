import type { Job } from "bullmq";
import type { QueueLibrary } from "./queue-library.ts";
import { within } from "./within.ts";

/** A job that a worker has taken. */
export interface TakenJob {
  readonly id: string;
  readonly data: unknown;
  /** How many workers were lost while they had this job: killed, frozen or cut off. */
  readonly lost: number;
  /** What was last published of its progress. */
  readonly noted: unknown;
  /** Aborted when the queue has given the job to another worker. */
  readonly leaseLost: AbortSignal;
  /** Publishes how far the work is; not stored if the queue does not answer. */
  progress(value: object): Promise<void>;
}

/**
 * Does one job. An error makes the queue try it again later; an error after `signal` is aborted
 * puts it back at once.
 */
export type JobHandler = (job: TakenJob, signal: AbortSignal) => Promise<void>;

/** How a worker takes jobs. */
export interface WorkOptions {
  /** Jobs at a time; defaults to 1. */
  readonly jobs?: number | undefined;
  /**
   * How long a worker keeps a job without a sign of life; defaults to 30,000. The sign is given by
   * the main thread twice in that time, so work that blocks the main thread loses its job.
   */
  readonly leaseMs?: number | undefined;
  readonly onFailed?: ((id: string, error: Error, last: boolean) => void) | undefined;
}

/** Takes jobs until it is stopped. */
export interface QueueWorker {
  /** Called each time that no job waits. */
  onDrained(listener: () => void): void;
  /** Aborts the jobs under way, gives them back and closes the connections. */
  stop(): Promise<void>;
}

/** What a worker needs of its queue. */
export interface WorkerPlace {
  readonly name: string;
  readonly library: QueueLibrary;
  /** Takes errors of the connection. */
  readonly note: (error: Error) => void;
  /** Whether the store answers now. */
  readonly answers: () => Promise<boolean>;
}

/** Starts a worker on a queue. */
export function workOn(place: WorkerPlace, handler: JobHandler, options: WorkOptions): QueueWorker {
  const { name, library, note, answers } = place;
  const { jobs = 1, leaseMs = 30_000, onFailed } = options;
  const stop = new AbortController();
  const leases = new Map<string, { readonly lost: AbortController; renewedMs: number }>();
  const process = async (job: Job<unknown>, token?: string): Promise<void> => {
    const id = job.id ?? "";
    const lease = { lost: new AbortController(), renewedMs: performance.now() };
    leases.set(id, lease);
    const progress = async (value: object): Promise<void> =>
      within(
        async () => job.updateProgress(value),
        async () => undefined,
      );
    try {
      stop.signal.throwIfAborted();
      await handler(
        { id, data: job.data, lost: job.stalledCounter, noted: job.progress, leaseLost: lease.lost.signal, progress },
        stop.signal,
      );
    } catch (error) {
      if (!stop.signal.aborted || lease.lost.signal.aborted) throw error;
      await within(
        async () => void (await job.moveToWait(token)),
        async () => undefined,
      );
      throw new library.WaitingError();
    } finally {
      leases.delete(id);
    }
  };
  const worker = new library.Worker(
    name,
    process,
    {
      ...library.options,
      autorun: false,
      concurrency: jobs,
      lockDuration: leaseMs,
      stalledInterval: leaseMs,
      // The handler decides what to do with a job that loses its workers.
      maxStalledCount: 1_000_000,
      runRetryDelay: 1000,
    },
    library.backend,
  );
  worker.on("lockRenewalFailed", (ids) => {
    for (const id of ids) leases.get(id)?.lost.abort();
  });
  worker.on("locksRenewed", ({ jobIds }) => {
    for (const lease of jobIds.flatMap((id) => leases.get(id) ?? [])) lease.renewedMs = performance.now();
  });
  // A worker that was frozen, or that a broken connection cuts off, notices by itself.
  const watch = setInterval(() => {
    for (const { lost, renewedMs } of leases.values()) if (performance.now() - renewedMs > leaseMs) lost.abort();
  }, leaseMs / 4);
  worker.on("failed", (job, error) => {
    if (job !== undefined) onFailed?.(job.id ?? "", error, job.attemptsMade >= (job.opts.attempts ?? 1));
  });
  worker.on("error", (error) => {
    // The queue gave the job to another worker. What this one did counts all the same.
    if (/lock/i.test(error.message)) return;
    note(error);
  });
  const running = worker.run().catch(note);
  return {
    onDrained: (listener) => void worker.on("drained", listener),
    stop: async () => {
      // First, or it takes the job again that the handler gives back.
      await within(
        async () => worker.pause(true),
        async () => undefined,
      );
      stop.abort();
      clearInterval(watch);
      if (!(await answers())) await library.giveUp();
      await within(
        async () => worker.close(),
        async () => undefined,
      );
      await Promise.race([running, new Promise((resolve) => void setTimeout(resolve, 1000).unref())]);
    },
  };
}
