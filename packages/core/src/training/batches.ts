import { Random } from "@weft-nlp/tensor";
import type { Example } from "../models/index.ts";

/**
 * The batches of one epoch, as lists of example indices. The order depends only on the seed and the
 * epoch, so a resumed training sees the same batches as an uninterrupted one.
 */
export function batchesOf(
  count: number,
  epoch: number,
  options: { seed: number; batch: number; shuffle: boolean },
): Int32Array[] {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  if (options.shuffle) Random.of(options.seed, "order", epoch).shuffle(order);
  return Array.from({ length: Math.ceil(count / options.batch) }, (_, k) =>
    order.subarray(k * options.batch, Math.min(count, (k + 1) * options.batch)),
  );
}

/**
 * Splits a batch into chunks of sentences of similar length, the longest first. A worker takes one
 * chunk at a time. The chunks never depend on the number of workers.
 */
export function chunksOf<E extends Example>(batch: readonly E[], size: number): E[][] {
  const sorted = longestFirst(batch);
  return Array.from({ length: Math.ceil(sorted.length / size) }, (_, k) => sorted.slice(k * size, (k + 1) * size));
}

/**
 * Splits a batch into the same number of chunks, with about equally many words each. Chunks of
 * similar lengths would differ in size and leave workers idle.
 */
export function evenChunksOf<E extends Example>(batch: readonly E[], size: number): E[][] {
  const chunks = Array.from({ length: Math.ceil(batch.length / size) }, () => ({ words: 0, examples: [] as E[] }));
  for (const example of longestFirst(batch)) {
    const min = chunks.reduce((one, other) => (other.words < one.words ? other : one));
    min.examples.push(example);
    min.words += example.length;
  }
  return chunks.map(({ examples }) => examples);
}

function longestFirst<E extends Example>(batch: readonly E[]): E[] {
  return [...batch].sort((x, y) => y.length - x.length);
}
