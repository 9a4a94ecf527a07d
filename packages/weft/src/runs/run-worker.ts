import { parentPort, workerData } from "node:worker_threads";
import { type ErrorDetails, WeftError } from "@weft/core";
import { ToolError } from "../errors.ts";
import { type ExecuteOptions, executeRun, type PlannedRun, type RunProgress } from "./planned-run.ts";

/** What the thread of a run is started with. */
export interface RunWorkerStart {
  readonly run: PlannedRun;
  readonly options: Omit<ExecuteOptions, "signal">;
  /** One number in shared memory; not 0 asks to stop. A message would wait until the training pauses. */
  readonly stop: Int32Array;
}

export type RunWorkerReply =
  | { readonly kind: "event"; readonly event: RunProgress }
  | { readonly kind: "end" }
  | { readonly kind: "error"; readonly error: SentError };

/** What is left of an error on its way between threads, with what it takes to make it again. */
export interface SentError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string | undefined;
  readonly code?: string | undefined;
  readonly details?: ErrorDetails | undefined;
}

const { run, options, stop } = workerData as RunWorkerStart;
const controller = new AbortController();
const send = (reply: RunWorkerReply): void => parentPort?.postMessage(reply);
const look = (): void => {
  if (Atomics.load(stop, 0) !== 0) controller.abort();
};

try {
  look();
  for await (const event of executeRun(run, { ...options, signal: controller.signal })) {
    send({ kind: "event", event });
    look();
  }
  send({ kind: "end" });
} catch (error) {
  send({ kind: "error", error: sent(error) });
}

function sent(error: unknown): SentError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error) };
  const { name, message, stack } = error;
  if (!(error instanceof WeftError || error instanceof ToolError)) return { name, message, stack };
  const { code, at, hint, summary } = error;
  return { name, message, stack, code, details: { at, hint, message: summary } };
}
