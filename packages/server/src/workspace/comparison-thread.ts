import { Worker } from "node:worker_threads";
import type { SystemComparison } from "@weft-nlp/core/metrics";
import { WorkerError } from "@weft-nlp/node";
import { loadedPlugins } from "@weft-nlp/node/plugins";
import type { ComparisonWork } from "./comparison-worker.ts";

/**
 * Tests the difference of two systems in a thread: ten thousand resamples of a few thousand
 * sentences take seconds, in which no request would be answered.
 *
 * @throws {WorkerError} WORKER_LOST
 */
export async function compareInThread(work: Omit<ComparisonWork, "plugins">): Promise<SystemComparison> {
  const workerData: ComparisonWork = { ...work, plugins: loadedPlugins() };
  const worker = new Worker(workerUrl, { workerData, execArgv: [] });
  return new Promise((resolve, reject) => {
    const lost = (cause: unknown): void =>
      reject(new WorkerError("WORKER_LOST", { message: "the thread that compared two runs ended", cause }));
    worker.once("message", resolve).once("error", lost).once("exit", lost);
  });
}

/** The compiled worker, even when a test loads this file as TypeScript. */
const workerUrl = new URL(
  import.meta.url.endsWith(".ts") ? "../../dist/workspace/comparison-worker.js" : "./comparison-worker.js",
  import.meta.url,
);
