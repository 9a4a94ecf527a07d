import type { Store } from "../store/index.ts";
import type { LossDecision, Shard } from "../types.ts";
import { isGone, readAttempts } from "./losses.ts";
import { leaves, type Manifest } from "./manifest.ts";

/** What `pendingShards` needs to know. */
export interface PendingInput {
  readonly store: Store;
  readonly manifest: Manifest;
  readonly shards: readonly Shard[];
  /** Which part of an array of jobs asks. */
  readonly slot?: string | undefined;
  /** Whether a shard is for the caller; defaults to every shard. */
  readonly isOurs?: ((shard: Shard) => boolean) | undefined;
  /** Notes a worker that ended with a shard, and decides. */
  readonly lost: (shard: Shard, reason: string) => Promise<LossDecision>;
}

/**
 * The shards that are left, in order. Notes first which workers ended with a shard while no process
 * watched them. A shard that another process holds comes last: that process has probably committed
 * it by then, and if it is asleep, the first to commit is right.
 */
export async function pendingShards(input: PendingInput): Promise<readonly Shard[]> {
  const { store, manifest, shards, slot, isOurs = () => true, lost } = input;
  let left = await openLeaves(manifest, shards);
  const held = new Set<string>();
  let changed = false;
  for (const attempt of await readAttempts(store)) {
    const shard = left.find(({ id }) => id === attempt.shard);
    if (!isGone(attempt, slot)) {
      held.add(attempt.shard);
      continue;
    }
    await store.remove(attempt.name);
    if (shard === undefined) continue;
    const { kind } = await lost(shard, "its worker ended, and the process that watched it");
    changed ||= kind !== "retry";
  }
  if (changed) left = await openLeaves(manifest, shards);
  const ours = left.filter(isOurs);
  return [...ours.filter(({ id }) => !held.has(id)), ...ours.filter(({ id }) => held.has(id))];
}

async function openLeaves(manifest: Manifest, shards: readonly Shard[]): Promise<Shard[]> {
  const records = await manifest.read();
  return [...leaves(shards, records)].filter(({ id }) => !records.has(id));
}
