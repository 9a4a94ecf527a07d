import { createHash } from "node:crypto";
import { annotateRecords, type QuarantinedRecord, quarantined } from "@weft-nlp/node/extraction";
import type { Extractor } from "@weft-nlp/node/extractor";
import { type InputRecord, readRecords } from "@weft-nlp/node/files";
import { kernelMark } from "@weft-nlp/tensor";
import { BatchError } from "../errors.ts";
import { Manifest, type Settled } from "../manifest/index.ts";
import { sampleChecksum } from "../plan/index.ts";
import type { Store } from "../store/index.ts";
import type { Plan, PlannedInput, Shard } from "../types.ts";
import { ShardFiles } from "./shard-files.ts";

/** What a worker keeps open for all its shards. */
export interface WorkerState {
  readonly store: Store;
  readonly plan: Plan;
  readonly extractor: Pick<Extractor, "documents" | "model">;
  /** The inputs that were found to be those of the plan. */
  readonly checkedInputs: Set<number>;
}

/**
 * Does a shard in this thread and commits it.
 *
 * @param onRecords called with the number of records done
 * @returns the record that counts, which may be that of another worker
 * @throws {BatchError} PLAN_MISMATCH if the input is not the one that was planned
 * @throws {FileError} when the system refuses
 */
export async function doShard(
  { store, plan, extractor, checkedInputs }: WorkerState,
  shard: Shard,
  signal: AbortSignal,
  onRecords: (records: number) => void,
): Promise<Settled> {
  const began = performance.now();
  const before = await new Manifest(store).get(shard.id);
  if (before !== undefined) return before;
  const input = plan.inputs[shard.input] as PlannedInput;
  if (!checkedInputs.has(shard.input)) await checkInput(input);
  checkedInputs.add(shard.input);
  const { blank, ids, newlines, threshold, minConfidence, window, overlap } = plan.options;
  const own = extractor.model.description.text;
  const { start, end, line = input.packed ? undefined : 1 } = shard;
  const records = readRecords(input.path, {
    ...{ input: input.kind, blank, ids, signal, source: input.name },
    text: newlines === undefined ? own : { ...own, newlines },
    range: { start, end, line },
  });
  const files = await ShardFiles.open(store, plan, shard);
  try {
    const hash = createHash("sha256");
    let byte = start;
    const annotated = annotateRecords(extractor, records, { threshold, minConfidence, window, overlap, signal });
    for await (const { record, document } of annotated) {
      hash.update(record.bytes);
      if (document !== undefined) await files.write(document);
      else if (record.kind === "fault") await files.quarantine(faultAt(record, ids === "byte" ? byte : undefined));
      byte += record.bytes.length;
      onRecords(files.records);
    }
    signal.throwIfAborted();
    const sameBytes = shard.sha256 === undefined || hash.digest("hex") === shard.sha256;
    const sameRecords = shard.records === undefined || files.records === shard.records;
    if (!sameBytes || !sameRecords) throw changed(input);
    const seconds = Math.round(performance.now() - began) / 1000;
    return await files.commit({ seconds, kernels: kernelMark(extractor.model.engine.build) });
  } finally {
    await files.close();
  }
}

/** A line of the quarantine. What was planned without reading knows no lines. */
export type BatchFault = Omit<QuarantinedRecord, "line"> & { readonly line?: number; readonly byte?: number };

function faultAt(record: Extract<InputRecord, { kind: "fault" }>, byte: number | undefined): BatchFault {
  const fault = quarantined(record);
  if (byte === undefined) return fault;
  const { source, line: _, ...rest } = fault;
  return { source, byte, ...rest };
}

async function checkInput(input: PlannedInput): Promise<void> {
  if ((await sampleChecksum(input.path)) !== input.checksum.sample) throw changed(input);
}

function changed({ path }: PlannedInput): BatchError {
  return new BatchError("PLAN_MISMATCH", {
    at: { source: path },
    message: "the input is not as it was when the batch was planned",
    hint: "restore the file as it was, or plan a new batch",
  });
}
