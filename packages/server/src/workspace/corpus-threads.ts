import { Worker } from "node:worker_threads";
import { WorkerError } from "@weft-nlp/node";
import { receivedError } from "@weft-nlp/node/workers";
import { RequestError } from "../errors.ts";
import type { CorpusJob, CorpusReply, CorpusWork } from "./corpus-worker.ts";
import type { ShelvedFile } from "./shelved-file.ts";

/**
 * Threads beside those that predict; and jobs that wait for one, beyond which new ones are refused.
 */
const maxThreads = 2;
const maxWaiting = 32;
/**
 * A thread that has nothing to do ends after so long: what a large file took of memory goes with
 * it.
 */
const idleMs = 10_000;
/**
 * What a file that unpacks to any number of sentences may take before its thread ends, and with it
 * nothing else.
 */
const heapMiB = 3072;

/**
 * Reads, counts and checks annotated files in threads of their own, so that a large one keeps no
 * request waiting that has nothing to do with it. A file is worked on by one thread at a time; who
 * asks for what is under way already waits for the same result; and what nobody waits for any more
 * is ended.
 */
export class CorpusThreads {
  readonly #tasks = new Map<string, Task>();
  readonly #threads = new Set<Thread>();
  #closed = false;

  /**
   * @param files those the job reads; a change of one makes it another job
   * @param signal ends the wait, and the job where nobody else waits for it
   * @throws {RequestError} OVERLOADED @throws {WorkerError} WORKER_LOST @throws what the work does
   */
  async run<Kind extends keyof CorpusWork>(
    kind: Kind,
    input: CorpusWork[Kind]["input"],
    files: readonly ShelvedFile[],
    signal?: AbortSignal,
  ): Promise<CorpusWork[Kind]["result"]> {
    signal?.throwIfAborted();
    const key = JSON.stringify([kind, files]);
    const task = this.#tasks.get(key) ?? this.#add(key, { kind, input } as CorpusJob, files);
    task.waiting++;
    this.#startNext();
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        reject(signal?.reason as Error);
        this.#leave(task, signal?.reason);
      };
      signal?.addEventListener("abort", abort, { once: true });
      const settled = (): void => signal?.removeEventListener("abort", abort);
      task.result.finally(settled).then(resolve as never, reject);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const task of this.#tasks.values()) this.#settle(task, { error: stopped() });
    await Promise.all([...this.#threads].map(async ({ worker }) => worker.terminate()));
  }

  #add(key: string, job: CorpusJob, files: readonly ShelvedFile[]): Task {
    if (this.#closed) throw stopped();
    if ([...this.#tasks.values()].filter(({ thread }) => thread === undefined).length >= maxWaiting) {
      throw new RequestError("OVERLOADED", {
        message: `${maxWaiting} files wait to be read already`,
        hint: "ask again when some of them are done",
      });
    }
    const task = new Task(key, job, new Set(files.map(({ path }) => path)));
    this.#tasks.set(key, task);
    return task;
  }

  #leave(task: Task, reason: unknown): void {
    task.waiting--;
    if (task.waiting > 0 || this.#tasks.get(task.key) !== task) return;
    this.#settle(task, { error: reason });
    if (task.thread !== undefined) this.#end(task.thread);
  }

  #settle(task: Task, outcome: Outcome): void {
    if (this.#tasks.get(task.key) === task) this.#tasks.delete(task.key);
    if ("error" in outcome) task.reject(outcome.error);
    else task.resolve(outcome.result);
  }

  #startNext(): void {
    if (this.#closed) return;
    for (const task of this.#tasks.values()) {
      if (task.thread !== undefined) continue;
      const busy = [...this.#threads].flatMap((thread) => (thread.task === undefined ? [] : [thread.task]));
      if (busy.some(({ paths }) => [...task.paths].some((path) => paths.has(path)))) continue;
      const idle = [...this.#threads].find((thread) => thread.task === undefined && !thread.ending);
      if (idle === undefined && this.#threads.size >= maxThreads) return;
      this.#give(idle ?? this.#startThread(), task);
    }
  }

  #give(thread: Thread, task: Task): void {
    clearTimeout(thread.idle);
    thread.task = task;
    task.thread = thread;
    thread.worker.ref();
    thread.worker.postMessage(task.job);
  }

  #startThread(): Thread {
    const worker = new Worker(workerUrl, { execArgv: [], resourceLimits: { maxOldGenerationSizeMb: heapMiB } });
    const thread: Thread = { worker, task: undefined, idle: undefined, ending: false };
    this.#threads.add(thread);
    let cause: unknown;
    worker.on("message", (reply: CorpusReply) => {
      // What it was done with in its last moment nobody waits for.
      if (thread.ending) return;
      const { task } = thread;
      thread.task = undefined;
      thread.idle = setTimeout(() => this.#end(thread), idleMs).unref();
      worker.unref();
      if (task !== undefined) this.#settle(task, reply.kind === "done" ? reply : { error: receivedError(reply.error) });
      this.#startNext();
    });
    worker.on("error", (error) => void (cause = error));
    worker.on("exit", () => {
      clearTimeout(thread.idle);
      this.#threads.delete(thread);
      if (thread.task !== undefined) this.#settle(thread.task, { error: threadLost(cause) });
      this.#startNext();
    });
    return thread;
  }

  /**
   * Nothing is given to a thread that is about to end; until it has, its file and its place are
   * taken.
   */
  #end(thread: Thread): void {
    thread.ending = true;
    void thread.worker.terminate();
  }
}

interface Thread {
  readonly worker: Worker;
  task: Task | undefined;
  idle: NodeJS.Timeout | undefined;
  ending: boolean;
}

type Outcome = { readonly result: unknown } | { readonly error: unknown };

class Task {
  readonly key: string;
  readonly job: CorpusJob;
  readonly paths: ReadonlySet<string>;
  readonly result: Promise<unknown>;
  /** How many wait for the result. */
  waiting = 0;
  thread: Thread | undefined;
  resolve: (result: unknown) => void = () => undefined;
  reject: (error: unknown) => void = () => undefined;

  constructor(key: string, job: CorpusJob, paths: ReadonlySet<string>) {
    this.key = key;
    this.job = job;
    this.paths = paths;
    this.result = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // Whoever waits hears of it; nobody may be left.
    this.result.catch(() => undefined);
  }
}

function threadLost(cause: unknown): WorkerError {
  return new WorkerError("WORKER_LOST", {
    message: `the thread that read the file ended: ${cause instanceof Error ? cause.message : String(cause)}`,
    hint: "the file may hold more than fits into memory here; weft data check and weft data stats have a process of their own",
    cause,
  });
}

function stopped(): RequestError {
  return new RequestError("STOPPING", { message: "the server is about to stop" });
}

/** The compiled worker, also when this file itself is read as TypeScript by a test. */
const workerUrl = new URL(
  import.meta.url.endsWith(".ts") ? "../../dist/workspace/corpus-worker.js" : "./corpus-worker.js",
  import.meta.url,
);
