import { on } from "node:events";
import { Worker } from "node:worker_threads";
import { loadedPlugins } from "../plugins/index.ts";
import { receivedError } from "../workers/sent-error.ts";
import type { ExecuteOptions, PlannedRun, RunProgress } from "./planned-run.ts";
import type { RunWorkerReply, RunWorkerStart } from "./run-worker.ts";

/**
 * Runs `executeRun` in its own thread, so that several runs advance in parallel. Events, files and
 * errors are the same.
 */
export async function* executeInWorker(
  run: PlannedRun,
  { signal, ...options }: ExecuteOptions,
): AsyncGenerator<RunProgress, void, void> {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const ask = (): void => void Atomics.store(stop, 0, 1);
  if (signal?.aborted === true) ask();
  signal?.addEventListener("abort", ask, { once: true });
  const workerData: RunWorkerStart = { run, options, stop, plugins: loadedPlugins() };
  // The worker is plain JavaScript: it must not inherit flags that make this process read
  // TypeScript.
  const thread = new Worker(workerUrl, { workerData, execArgv: [] });
  const ended = new Promise((resolve) => void thread.once("exit", resolve));
  try {
    for await (const [reply] of on(thread, "message", { close: ["exit"] }) as AsyncIterable<[RunWorkerReply]>) {
      if (reply.kind === "end") return;
      if (reply.kind === "error") throw receivedError(reply.error);
      yield reply.event;
    }
    throw new Error(`the thread of ${run.name} ended before the run was done`);
  } finally {
    signal?.removeEventListener("abort", ask);
    // The run stops after the current step and leaves only complete files.
    ask();
    await ended;
  }
}

/** The compiled worker, even when a test loads this file as TypeScript. */
const workerUrl = new URL(
  import.meta.url.endsWith(".ts") ? "../../dist/experiments/run-worker.js" : "./run-worker.js",
  import.meta.url,
);
