import { readByteLines } from "@weft-nlp/node/files";
import { BatchError } from "../errors.ts";
import { isSplit, Manifest, noteLoss } from "../manifest/index.ts";
import { cutInput } from "../plan/index.ts";
import type { Store } from "../store/index.ts";
import type { LossDecision, ManifestRecord, Plan, PlannedInput, Shard } from "../types.ts";
import type { BatchFault } from "./do-shard.ts";
import { ShardFiles } from "./shard-files.ts";

/** Lost workers after which a shard of the plan is halved, and a single record is quarantined. */
const maxLosses = 3;

/**
 * Notes that a worker was lost with a shard and decides what happens to it. Halves are halved again
 * at their first loss, since that costs nothing when the shard was innocent: their parts add up to
 * the same bytes.
 */
export async function decideAfterLoss(store: Store, plan: Plan, shard: Shard, reason: string): Promise<LossDecision> {
  const losses = await noteLoss(store, shard.id, reason);
  const isHalf = shard.id.includes("/");
  if (losses < (isHalf && shard.records !== 1 ? 1 : maxLosses)) return { kind: "retry", losses };
  const cuts = await halves(plan, shard);
  if (cuts === undefined) return { kind: "quarantined", record: await quarantineWhole(store, plan, shard) };
  const settled = await new Manifest(store).put({ shard: shard.id, children: cuts });
  return isSplit(settled) ? { kind: "split", children: settled.children } : { kind: "quarantined", record: settled };
}

/** The two halves of a shard by records; undefined if it has one record. */
async function halves(plan: Plan, shard: Shard): Promise<readonly [Shard, Shard] | undefined> {
  const { path, kind, packed } = plan.inputs[shard.input] as PlannedInput;
  const cutting = { kind, packed, blank: plan.options.blank, range: shard, maxBytes: Number.POSITIVE_INFINITY };
  let records = 0;
  for await (const cut of cutInput(path, { ...cutting, records: Number.POSITIVE_INFINITY })) records = cut.records;
  if (records <= 1) return undefined;
  const found: Shard[] = [];
  for await (const { line, ...cut } of cutInput(path, { ...cutting, records: Math.ceil(records / 2) })) {
    // Lines are known if those of the shard are.
    const place = shard.line === undefined && !packed ? cut : { ...cut, line };
    found.push({ id: `${shard.id}/${found.length}`, input: shard.input, ...place });
  }
  const [first, second] = found;
  return first === undefined || second === undefined ? undefined : [first, second];
}

/** Commits a shard of one record without its record, which is quarantined. */
async function quarantineWhole(store: Store, plan: Plan, shard: Shard): Promise<ManifestRecord> {
  const input = plan.inputs[shard.input] as PlannedInput;
  const files = await ShardFiles.open(store, plan, shard);
  try {
    await files.quarantine(await faultOf(input, plan, shard));
    const settled = await files.commit({ seconds: 0, kernels: "none" });
    if (!isSplit(settled)) return settled;
    throw new BatchError("SHARD_LOST", { message: `shard ${shard.id} was split in the meantime` });
  } finally {
    await files.close();
  }
}

async function faultOf({ path, name, packed }: PlannedInput, plan: Plan, shard: Shard): Promise<BatchFault> {
  const raw = await rawRecord(path, packed, shard);
  const place = plan.options.ids === "byte" ? { byte: shard.start } : { line: shard.line ?? 1 };
  return {
    ...{ source: name, ...place, code: "RECORD_FATAL" },
    message: `every worker that read this record ended or stalled, ${maxLosses} in a row`,
    ...raw,
  };
}

/** How much of a record the quarantine keeps. */
const keptBytes = 1 << 20;

async function rawRecord(
  path: string,
  packed: boolean,
  { start, end, line = 1 }: Shard,
): Promise<Pick<BatchFault, "raw" | "cut">> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  const seek = packed ? 0 : start;
  reading: for await (const lines of readByteLines(path, { from: { byte: start, line }, seek })) {
    for (const each of lines) {
      if (each.start >= (end ?? Number.POSITIVE_INFINITY) || bytes > keptBytes) break reading;
      pieces.push(each.bytes);
      bytes += each.bytes.length;
    }
  }
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(Buffer.concat(pieces).subarray(0, keptBytes));
  return { raw: text.replace(/\r?\n$/, ""), ...(bytes > keptBytes ? { cut: true } : {}) };
}
