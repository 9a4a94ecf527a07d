import { join } from "node:path";
import { WeftError } from "@weft-nlp/core";
import { readJsonFile, writeJsonFile } from "../files/json-file.ts";
import { isMark, ownMark, type ProcessMark, processState } from "../files/process-mark.ts";

/** The state of a training: in progress, ended early, or finished. */
export type RunState = "running" | "stopped" | "failed" | "done";

/** The contents of a run's `state.json`. */
export interface RunStateFile {
  readonly state: RunState;
  /** When the training first started, as an ISO date; resuming keeps it. */
  readonly started: string;
  /**
   * The process that trains, only while it does. A killed training cannot record its end, so
   * readers check whether its process still exists.
   */
  readonly process?: ProcessMark | undefined;
  /** The first step in `events.jsonl`, if the log was lost and begins later than the training. */
  readonly curvesFrom?: number | undefined;
  /** Why it failed. */
  readonly failure?: { readonly code: string; readonly message: string } | undefined;
}

const fileName = "state.json";

/**
 * Records that this process trains in the folder.
 *
 * @param curvesFrom the first step in its log
 */
export async function markRunning(folder: string, curvesFrom = 1): Promise<RunStateFile> {
  const before = await readRunState(folder);
  const state: RunStateFile = {
    state: "running",
    started: before?.started ?? new Date().toISOString(),
    process: ownMark(),
    ...(curvesFrom === 1 ? {} : { curvesFrom }),
  };
  await writeJsonFile(join(folder, fileName), state);
  return state;
}

/**
 * Records how the training ended.
 *
 * @param error the failure; `undefined` if it finished or the caller stopped it
 */
export async function markEnded(folder: string, running: RunStateFile, done: boolean, error?: unknown): Promise<void> {
  const failure = failureOf(error);
  const state: RunState = done ? "done" : failure === undefined ? "stopped" : "failed";
  const ended: RunStateFile = {
    state,
    started: running.started,
    ...curvesOf(running),
    ...(failure === undefined ? {} : { failure }),
  };
  await writeJsonFile(join(folder, fileName), ended);
}

/**
 * Reads the state of a run. A run whose process is gone counts as stopped. `undefined` without a
 * valid state file.
 */
export async function readRunState(folder: string): Promise<RunStateFile | undefined> {
  try {
    const value = (await readJsonFile(join(folder, fileName), { maxBytes: 1 << 16, regular: true })) as RunStateFile | null;
    if (typeof value?.state !== "string" || typeof value.started !== "string") return undefined;
    return value.state === "running" && !isAlive(value.process) ? { ...value, state: "stopped" } : value;
  } catch (error) {
    if (error instanceof WeftError) return undefined;
    throw error;
  }
}

function curvesOf({ curvesFrom }: RunStateFile): Pick<RunStateFile, "curvesFrom"> {
  return curvesFrom === undefined ? {} : { curvesFrom };
}

/** Processes of another machine cannot be checked, so they count as running. */
function isAlive(holder: unknown): boolean {
  return isMark(holder) && processState(holder) !== "gone";
}

/** Being stopped is not a failure. Unknown errors keep their message, which is better than none. */
function failureOf(error: unknown): RunStateFile["failure"] {
  if (error === undefined || (error instanceof WeftError && error.code === "CANCELLED")) return undefined;
  if (error instanceof WeftError) return { code: error.code, message: error.summary };
  return { code: "INTERNAL", message: error instanceof Error ? error.message : "unknown" };
}
