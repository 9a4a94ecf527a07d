import { UsageError } from "@weft-nlp/node/errors";
import { shardFile } from "../plan/index.ts";
import { type Reduction, reduceTriples } from "../reduce/index.ts";
import type { BatchReader } from "./read-batch.ts";

/** Options of `reduceBatch`. */
export interface ReduceOptions {
  readonly out: string;
  readonly threads: number;
  readonly memoryMiB?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, all: number) => void) | undefined;
}

/**
 * Adds up the triples of a batch that is done into one data set.
 *
 * @throws {BatchError} BATCH_INCOMPLETE
 * @throws {UsageError} if the plan collects no triples
 */
export async function reduceBatch(reader: BatchReader, options: ReduceOptions): Promise<Reduction> {
  const { buckets } = reader.plan.options;
  if (buckets === 0) {
    throw new UsageError("this batch was planned with --buckets 0 and collects no triples", "plan it again with more buckets");
  }
  const records = await reader.complete();
  const files = records.map(({ shard }) => reader.store.pathOf(shardFile("aggregates", shard)));
  return reduceTriples({ ...options, files, buckets });
}
