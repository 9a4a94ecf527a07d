/**
 * The maximum size of a chunk: large enough for efficient matrix products, small enough to stay in
 * the cache.
 */
export const predictionChunk = { sentences: 32, words: 1024 } as const;

/** Examples that are predicted together, with the index of each among all examples. */
export interface PredictionChunk<Item> {
  readonly examples: readonly Item[];
  readonly places: readonly number[];
}

/** Chunks for each thread, so that none waits long for the last; the words worth a message. */
const share = { chunks: 4, words: 192 } as const;

/**
 * Splits examples into chunks of sentences of similar length, the longest first, so that
 * recurrences advance together and the last chunk to start is a quick one. Few examples for several
 * threads make smaller chunks: a sentence has the same bits in any of them.
 */
export function predictionChunks<Item extends { readonly length: number }>(
  all: readonly Item[],
  threads = 1,
): PredictionChunk<Item>[] {
  const chunks: { examples: Item[]; places: number[]; words: number }[] = [];
  const words = all.reduce((sum, { length }) => sum + length, 0);
  const even = threads === 1 ? predictionChunk.words : Math.ceil(words / (threads * share.chunks));
  const limit = Math.min(predictionChunk.words, Math.max(share.words, even));
  const longestFirst = [...all.entries()].sort(([, x], [, y]) => y.length - x.length);
  for (const [place, example] of longestFirst) {
    const last = chunks.at(-1);
    const fits = last !== undefined && last.examples.length < predictionChunk.sentences && last.words + example.length <= limit;
    const chunk = fits ? last : { examples: [], places: [], words: 0 };
    if (!fits) chunks.push(chunk);
    chunk.examples.push(example);
    chunk.places.push(place);
    chunk.words += example.length;
  }
  return chunks;
}

/** Puts the results of all chunks back in the order of the examples. */
export function inPlaces<Found>(
  chunks: readonly Pick<PredictionChunk<unknown>, "places">[],
  found: readonly (readonly Found[])[],
): Found[] {
  const all: Found[] = [];
  for (const [index, { places }] of chunks.entries()) {
    for (const [k, place] of places.entries()) all[place] = found[index]?.[k] as Found;
  }
  return all;
}
