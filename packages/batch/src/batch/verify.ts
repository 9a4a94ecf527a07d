import { isSplit, Manifest } from "../manifest/index.ts";
import { folderOf, outputFormat, type ShardFile, shardFile, shardOfFile } from "../plan/index.ts";
import { hashOf, removeShardFiles } from "../runner/index.ts";
import type { ManifestRecord } from "../types.ts";
import type { BatchReader } from "./read-batch.ts";

/** A file of a shard that is not as it was committed. */
export interface Damage {
  readonly shard: string;
  readonly file: string;
  readonly problem: "missing" | "changed" | "without a record";
}

/** What `verifyBatch` found. */
export interface Verification {
  /** Shards that are done and were hashed. */
  readonly checked: number;
  readonly damage: readonly Damage[];
}

/** Options of `verifyBatch`. */
export interface VerifyOptions {
  /** Removes what is damaged, so that the next run does these shards again. */
  readonly repair?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onShard?: ((checked: number) => void) | undefined;
}

/**
 * Hashes every file of every shard that is done, and compares it with the manifest as it is on
 * disk. Also finds files beside the halves of their shard, which a worker put just before it ended.
 * Those of shards without a record are no damage: the next run adopts them.
 */
export async function verifyBatch(reader: BatchReader, options: VerifyOptions = {}): Promise<Verification> {
  const { store, plan } = reader;
  const ending = outputFormat(plan.options.output).extension;
  const damage: Damage[] = [];
  const manifest = new Manifest(store);
  let checked = 0;
  for (const { shard } of await reader.shards()) {
    options.signal?.throwIfAborted();
    const record = await manifest.get(shard.id);
    if (record === undefined || isSplit(record)) continue;
    for (const [what, sha256] of filesOf(record)) {
      const file = shardFile(what, shard.id, ending);
      if (!(await store.has(file))) damage.push({ shard: shard.id, file, problem: "missing" });
      else if ((await hashOf(store, file)).sha256 !== sha256) damage.push({ shard: shard.id, file, problem: "changed" });
    }
    checked++;
    options.onShard?.(checked);
  }
  for (const what of ["part", "quarantine", "aggregates"] as const) {
    for (const file of await store.list(folderOf(what))) {
      const record = await manifest.get(shardOfFile(file));
      if (record !== undefined && isSplit(record)) damage.push({ shard: record.shard, file, problem: "without a record" });
    }
  }
  if (options.repair === true) await repair(reader, damage, ending);
  return { checked, damage };
}

function filesOf(record: ManifestRecord): (readonly [ShardFile, string])[] {
  const { sha256, quarantineSha256, aggregatesSha256 } = record;
  return [
    ["part", sha256],
    ...(quarantineSha256 === undefined ? [] : [["quarantine", quarantineSha256] as const]),
    ...(aggregatesSha256 === undefined ? [] : [["aggregates", aggregatesSha256] as const]),
  ];
}

async function repair(reader: BatchReader, damage: readonly Damage[], ending: string): Promise<void> {
  for (const { shard, file, problem } of damage) {
    if (problem === "without a record") {
      await reader.store.remove(file);
      continue;
    }
    // First the record: a shard with one must have its files.
    await reader.forget(shard);
    await removeShardFiles(reader.store, shard, ending);
  }
}
