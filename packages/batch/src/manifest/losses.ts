import { randomBytes } from "node:crypto";
import { parseJson } from "@weft-nlp/core/json";
import { isMark, type ProcessMark, processState } from "@weft-nlp/node/files";
import { folderOf, shardFile, shardOfFile } from "../plan/index.ts";
import type { Store } from "../store/index.ts";

const attemptsFolder = "attempts";

/** An attempt that has begun and has not ended: a worker holds the shard, or ended with it. */
export interface Attempt {
  readonly name: string;
  readonly shard: string;
  readonly mark: ProcessMark;
  /** Which part of an array of jobs made it. */
  readonly slot?: string | undefined;
}

/**
 * Notes that a process begins a shard. If it ends without removing the note, the next one knows
 * with which shard.
 *
 * @returns removes the note
 */
export async function beginAttempt(
  store: Store,
  shard: string,
  mark: ProcessMark,
  slot: string | undefined,
): Promise<() => Promise<void>> {
  const name = `${attemptsFolder}/${shard.replaceAll("/", ".")}~${randomBytes(6).toString("hex")}.json`;
  await store.note(name, `${JSON.stringify({ shard, ...mark, ...(slot === undefined ? {} : { slot }) })}\n`);
  return async () => store.remove(name);
}

/** The attempts that have begun and not ended, as far as the notes can be read. */
export async function readAttempts(store: Store): Promise<readonly Attempt[]> {
  const attempts: Attempt[] = [];
  for (const name of await store.list(attemptsFolder)) {
    const attempt = attemptIn(name, await store.read(name));
    if (attempt !== undefined) attempts.push(attempt);
  }
  return attempts;
}

function attemptIn(name: string, text: string | undefined): Attempt | undefined {
  if (text === undefined) return undefined;
  try {
    const value = parseJson(text, { source: name });
    if (!isMark(value)) return undefined;
    const { shard, slot } = value as ProcessMark & { readonly shard?: unknown; readonly slot?: unknown };
    if (typeof shard !== "string") return undefined;
    return { name, shard, mark: value, ...(typeof slot === "string" ? { slot } : {}) };
  } catch {
    return undefined;
  }
}

/**
 * Whether the worker of an attempt is gone. One of another machine cannot be checked, unless it had
 * the same part of an array of jobs as this one: then this one replaces it.
 */
export function isGone({ mark, slot }: Attempt, ownSlot: string | undefined): boolean {
  const state = processState(mark);
  return state === "gone" || (state === "unknown" && slot !== undefined && slot === ownSlot);
}

/** Notes that a worker was lost with a shard. @returns how many were lost with it so far */
export async function noteLoss(store: Store, shard: string, reason: string): Promise<number> {
  const base = shardFile("losses", shard);
  await store.put(`${base}/${randomBytes(6).toString("hex")}.json`, `${JSON.stringify({ shard, reason })}\n`);
  return (await store.list(base)).length;
}

/** How many workers were lost, by shard. */
export async function readLosses(store: Store): Promise<ReadonlyMap<string, number>> {
  const losses = new Map<string, number>();
  for (const name of await store.list(folderOf("losses"))) {
    const shard = shardOfFile(name.slice(0, name.lastIndexOf("/")));
    losses.set(shard, (losses.get(shard) ?? 0) + 1);
  }
  return losses;
}
