import { Random } from "@weft-nlp/tensor";
import type { Example } from "../models/index.ts";

/**
 * The batches of one epoch, as lists of example numbers. The order depends on the seed and the
 * epoch alone, so that a resumed training sees the same batches as one that was never interrupted.
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
 * The chunks of a batch: sentences of like length together, the longest first. A chunk is what one
 * worker does at once; how a batch falls into chunks never depends on how many workers there are.
 */
export function chunksOf<E extends Example>(batch: readonly E[], size: number): E[][] {
  const sorted = longestFirst(batch);
  return Array.from({ length: Math.ceil(sorted.length / size) }, (_, k) => sorted.slice(k * size, (k + 1) * size));
}

/**
 * As many chunks with about as many words each: few chunks of like length would leave all but one
 * worker without work for a while.
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
