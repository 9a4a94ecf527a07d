import { hostname } from "node:os";
import { join } from "node:path";
import { WeftError } from "@weft-nlp/core";
import { readJsonFile, writeJsonFile } from "../files/json-file.ts";

/** How a training stands: under way, ended before its time, or over. */
export type RunState = "running" | "stopped" | "failed" | "done";

/** What a run's `state.json` holds. */
export interface RunStateFile {
  readonly state: RunState;
  /** The first of all beginnings, as an ISO date; a resumed training keeps it. */
  readonly started: string;
  /**
   * Whoever trains, and only while it does: a training that is killed cannot write its end, and by
   * its process one sees that it is gone.
   */
  readonly process?: { readonly pid: number; readonly host: string } | undefined;
  /** Why it failed. */
  readonly failure?: { readonly code: string; readonly message: string } | undefined;
}

const fileName = "state.json";

/** Says that this process trains in the folder. */
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

/** Says how the training ended. @param error what ended it; nothing where it was left or is done */
export async function markEnded(folder: string, running: RunStateFile, done: boolean, error?: unknown): Promise<void> {
  const failure = failureOf(error);
  const state: RunState = done ? "done" : failure === undefined ? "stopped" : "failed";
  const ended: RunStateFile = { state, started: running.started, ...(failure === undefined ? {} : { failure }) };
  await writeJsonFile(join(folder, fileName), ended);
}

/**
 * What a run says of itself, with a process that is gone counted as stopped; nothing where the
 * folder does not say, or not readably.
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

/** Of another machine's processes nothing can be known from here: they are believed. */
function isAlive(holder: RunStateFile["process"]): boolean {
  if (typeof holder?.pid !== "number") return false;
  const { pid, host } = holder;
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of somebody else is alive and may not be asked.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/**
 * Being stopped is no failure. What is no error of ours keeps its words: they say more than none.
 */
function failureOf(error: unknown): RunStateFile["failure"] {
  if (error === undefined || (error instanceof WeftError && error.code === "CANCELLED")) return undefined;
  if (error instanceof WeftError) return { code: error.code, message: error.summary };
  return { code: "INTERNAL", message: error instanceof Error ? error.message : "unknown" };
}
