import { parentPort, workerData } from "node:worker_threads";
import { importPlugins } from "../plugins/index.ts";
import { type SentError, sentError } from "../workers/sent-error.ts";
import { type ExecuteOptions, executeRun, type PlannedRun, type RunProgress } from "./planned-run.ts";

/** The data passed to a run's thread when it starts. */
export interface RunWorkerStart {
  readonly run: PlannedRun;
  readonly options: Omit<ExecuteOptions, "signal">;
  /**
   * One number in shared memory; any value but 0 asks the run to stop. A message would wait until
   * the training pauses.
   */
  readonly stop: Int32Array;
  /** The plugins of the thread that starts it, by URL. */
  readonly plugins: readonly string[];
}

export type RunWorkerReply =
  | { readonly kind: "event"; readonly event: RunProgress }
  | { readonly kind: "end" }
  | { readonly kind: "error"; readonly error: SentError };

const { run, options, stop, plugins } = workerData as RunWorkerStart;
const controller = new AbortController();
const send = (reply: RunWorkerReply): void => parentPort?.postMessage(reply);
const look = (): void => {
  if (Atomics.load(stop, 0) !== 0) controller.abort();
};

try {
  await importPlugins(plugins);
  look();
  for await (const event of executeRun(run, { ...options, signal: controller.signal })) {
    send({ kind: "event", event });
    look();
  }
  send({ kind: "end" });
} catch (error) {
  send({ kind: "error", error: sentError(error) });
}
