import { hostname } from "node:os";
import { join } from "node:path";
import { WeftError } from "@weft-nlp/core";
import { readJsonFile, writeJsonFile } from "../files/json-file.ts";

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
  readonly process?: { readonly pid: number; readonly host: string } | undefined;
  /** Why it failed. */
  readonly failure?: { readonly code: string; readonly message: string } | undefined;
}

const fileName = "state.json";

/** Records that this process trains in the folder. */
export async function markRunning(folder: string): Promise<RunStateFile> {
  const before = await readRunState(folder);
  const state: RunStateFile = {
    state: "running",
    started: before?.started ?? new Date().toISOString(),
    process: { pid: process.pid, host: hostname() },
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
  const ended: RunStateFile = { state, started: running.started, ...(failure === undefined ? {} : { failure }) };
  await writeJsonFile(join(folder, fileName), ended);
}

/**
 * Reads the state of a run. A run whose process is gone counts as stopped. `undefined` without a
 * valid state file.
 */
export async function readRunState(folder: string): Promise<RunStateFile | undefined> {
  try {
    const value = (await readJsonFile(join(folder, fileName), { maxBytes: 1 << 16 })) as RunStateFile | null;
    if (typeof value?.state !== "string" || typeof value.started !== "string") return undefined;
    return value.state === "running" && !isAlive(value.process) ? { ...value, state: "stopped" } : value;
  } catch (error) {
    if (error instanceof WeftError) return undefined;
    throw error;
  }
}

/** Processes of another machine cannot be checked, so they count as running. */
function isAlive(holder: RunStateFile["process"]): boolean {
  if (typeof holder?.pid !== "number") return false;
  const { pid, host } = holder;
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM means that the process exists but belongs to another user.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** Being stopped is not a failure. Unknown errors keep their message, which is better than none. */
function failureOf(error: unknown): RunStateFile["failure"] {
  if (error === undefined || (error instanceof WeftError && error.code === "CANCELLED")) return undefined;
  if (error instanceof WeftError) return { code: error.code, message: error.summary };
  return { code: "INTERNAL", message: error instanceof Error ? error.message : "unknown" };
}
