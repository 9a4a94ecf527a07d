import { Worker } from "node:worker_threads";
import { WorkerError } from "@weft-nlp/node";
import { loadedPlugins } from "@weft-nlp/node/plugins";
import { receivedError } from "@weft-nlp/node/workers";
import { RequestError } from "../errors.ts";
import type { CorpusJob, CorpusReply, CorpusWork, CorpusWorkerStart } from "./corpus-worker.ts";
import type { ShelvedFile } from "./shelved-file.ts";

/** Max threads for reading data, besides those that predict, and max jobs that wait for one. */
const maxThreads = 2;
const maxWaiting = 32;
/** An idle thread ends after this time, which frees the memory that a large file took. */
const idleMs = 10_000;
/** Max heap of a thread: a file that unpacks beyond it ends its own thread only. */
const heapMiB = 3072;

/**
 * Reads, counts and checks annotated files in separate threads, so a large file does not delay
 * unrelated requests. One thread at a time works on a file. Equal requests share one result, and
 * work that no caller waits for any longer is cancelled.
 */
export class CorpusThreads {
  readonly #tasks = new Map<string, Task>();
  readonly #threads = new Set<Thread>();
  #closed = false;

  /**
   * @param files the files that the job reads; a changed file makes a new job
   * @param signal ends the wait, and the job if no other caller waits for it
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
        message: `the queue is full: ${maxWaiting} files wait to be read`,
        hint: "retry when some of them are done",
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
    const workerData: CorpusWorkerStart = { plugins: loadedPlugins() };
    const worker = new Worker(workerUrl, { workerData, execArgv: [], resourceLimits: { maxOldGenerationSizeMb: heapMiB } });
    const thread: Thread = { worker, task: undefined, idle: undefined, ending: false };
    this.#threads.add(thread);
    let cause: unknown;
    worker.on("message", (reply: CorpusReply) => {
      // The result of a thread that is ending has no waiting caller.
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

  /** Ends a thread. It gets no more work, and keeps its file and its slot until it has ended. */
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
  /** Callers that wait for the result. */
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
    // Callers see the error; if none is left, it must not count as unhandled.
    this.result.catch(() => undefined);
  }
}

function threadLost(cause: unknown): WorkerError {
  return new WorkerError("WORKER_LOST", {
    message: `the thread that read the file ended: ${cause instanceof Error ? cause.message : String(cause)}`,
    hint: "the file may exceed the memory available here; weft data check and weft data stats run in a separate process",
    cause,
  });
}

function stopped(): RequestError {
  return new RequestError("STOPPING", { message: "the server is stopping" });
}

/** The compiled worker, even when a test loads this file as TypeScript. */
const workerUrl = new URL(
  import.meta.url.endsWith(".ts") ? "../../dist/workspace/corpus-worker.js" : "./corpus-worker.js",
  import.meta.url,
);
