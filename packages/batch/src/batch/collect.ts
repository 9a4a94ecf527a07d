import { createHash } from "node:crypto";
import { writeFileAtomically } from "@weft-nlp/node/files";
import { BatchError } from "../errors.ts";
import { outputFormat, type ShardFile, shardFile } from "../plan/index.ts";
import type { ManifestRecord } from "../types.ts";
import type { BatchReader } from "./read-batch.ts";

/** Options of `collectBatch`. */
export interface CollectOptions {
  /** The file for the output; compressed if its name ends in `.gz`. */
  readonly out: string;
  /** A file for the records that could not be read. */
  readonly quarantine?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onShard?: ((collected: number) => void) | undefined;
}

/**
 * Joins the parts of a batch into one file: the bytes that a plain extract of the same inputs
 * writes. Every part is checked on the way.
 *
 * @returns the records of the shards in order
 * @throws {BatchError} BATCH_INCOMPLETE, or BATCH_DAMAGED if a part is missing or has changed
 * @throws {FileError} when the system refuses
 */
export async function collectBatch(reader: BatchReader, options: CollectOptions): Promise<readonly ManifestRecord[]> {
  const records = await reader.complete();
  const { output, identity } = reader.plan.options;
  await writeFileAtomically(options.out, joined(reader, records, options));
  if (output === "jsonl" && identity === "file") {
    const model = `${JSON.stringify({ model: reader.plan.model.identity }, undefined, 2)}\n`;
    await writeFileAtomically(`${options.out}.model.json`, model);
  }
  if (options.quarantine !== undefined) await writeFileAtomically(options.quarantine, quarantines(reader, records));
  return records;
}

async function* joined(
  reader: BatchReader,
  records: readonly ManifestRecord[],
  { signal, onShard }: CollectOptions,
): AsyncGenerator<Uint8Array | string> {
  const format = outputFormat(reader.plan.options.output);
  if (records.length === 0) yield* empty(reader);
  for (const [index, { shard, sha256 }] of records.entries()) {
    signal?.throwIfAborted();
    yield* file(reader, "part", shard, sha256, format.extension);
    onShard?.(index + 1);
  }
}

/** The head of an output without documents. */
async function* empty(reader: BatchReader): AsyncGenerator<Uint8Array | string> {
  const pieces: (Uint8Array | string)[] = [];
  const writer = outputFormat(reader.plan.options.output).open({ write: (piece) => void pieces.push(piece) });
  await writer.end();
  yield* pieces;
}

async function* quarantines(reader: BatchReader, records: readonly ManifestRecord[]): AsyncGenerator<Uint8Array> {
  for (const { shard, quarantineSha256 } of records) {
    if (quarantineSha256 !== undefined) yield* file(reader, "quarantine", shard, quarantineSha256);
  }
}

async function* file(
  { store }: BatchReader,
  what: ShardFile,
  shard: string,
  sha256: string,
  ending = "",
): AsyncGenerator<Uint8Array> {
  const name = shardFile(what, shard, ending);
  const missing = !(await store.has(name));
  const hash = createHash("sha256");
  if (!missing) {
    for await (const piece of store.bytes(name)) {
      hash.update(piece);
      yield piece;
    }
  }
  if (!missing && hash.digest("hex") === sha256) return;
  throw new BatchError("BATCH_DAMAGED", {
    at: { source: store.pathOf(name) },
    message: missing ? "this file is missing" : "this file has changed since it was committed",
    hint: `weft batch verify ${store.place} --repair removes what is damaged, and weft batch run does it again`,
  });
}
