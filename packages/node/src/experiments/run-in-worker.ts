import { on } from "node:events";
import { Worker } from "node:worker_threads";
import { receivedError } from "../workers/sent-error.ts";
import type { ExecuteOptions, PlannedRun, RunProgress } from "./planned-run.ts";
import type { RunWorkerReply, RunWorkerStart } from "./run-worker.ts";

/**
 * `executeRun` in a thread of its own, so that several runs advance at a time: the same events,
 * files and errors.
 */
export async function* executeInWorker(
  run: PlannedRun,
  { signal, ...options }: ExecuteOptions,
): AsyncGenerator<RunProgress, void, void> {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const ask = (): void => void Atomics.store(stop, 0, 1);
  if (signal?.aborted === true) ask();
  signal?.addEventListener("abort", ask, { once: true });
  const workerData: RunWorkerStart = { run, options, stop };
  // The worker is plain JavaScript: flags that make this process read something else are not for
  // it.
  const thread = new Worker(workerUrl, { workerData, execArgv: [] });
  const ended = new Promise((resolve) => void thread.once("exit", resolve));
  try {
    for await (const [reply] of on(thread, "message", { close: ["exit"] }) as AsyncIterable<[RunWorkerReply]>) {
      if (reply.kind === "end") return;
      if (reply.kind === "error") throw receivedError(reply.error);
      yield reply.event;
    }
    throw new Error(`the thread of ${run.name} ended before its run`);
  } finally {
    signal?.removeEventListener("abort", ask);
    // It stops after its step and leaves whole files behind.
    ask();
    await ended;
  }
}

/** The compiled worker, also when this file itself is read as TypeScript by a test. */
const workerUrl = new URL(
  import.meta.url.endsWith(".ts") ? "../../dist/experiments/run-worker.js" : "./run-worker.js",
  import.meta.url,
);
