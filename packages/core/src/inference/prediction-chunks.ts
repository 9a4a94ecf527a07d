import type { Example } from "../models/index.ts";

/**
 * Sentences that are predicted together at most, and their words: enough to fill the products, few
 * enough to stay in the cache.
 */
export const predictionChunk = { sentences: 32, words: 1024 } as const;

/** Examples that are predicted together, and the place of each among those they were taken from. */
export interface PredictionChunk {
  readonly examples: readonly Example[];
  readonly places: readonly number[];
}

/**
 * Chunks of sentences of like length, the longest first: recurrences advance together, and the last
 * chunk to begin is a quick one. How sentences fall into chunks never depends on how many workers
 * there are.
 */
export function predictionChunks(all: readonly Example[]): PredictionChunk[] {
  const chunks: { examples: Example[]; places: number[]; words: number }[] = [];
  const longestFirst = [...all.entries()].sort(([, x], [, y]) => y.length - x.length);
  for (const [place, example] of longestFirst) {
    const last = chunks.at(-1);
    const fits =
      last !== undefined &&
      last.examples.length < predictionChunk.sentences &&
      last.words + example.length <= predictionChunk.words;
    const chunk = fits ? last : { examples: [], places: [], words: 0 };
    if (!fits) chunks.push(chunk);
    chunk.examples.push(example);
    chunk.places.push(place);
    chunk.words += example.length;
  }
  return chunks;
}

/** What was found in each chunk, in the order of all examples. */
export function inPlaces<Found>(chunks: readonly PredictionChunk[], found: readonly (readonly Found[])[]): Found[] {
  const all: Found[] = [];
  for (const [index, { places }] of chunks.entries()) {
    for (const [k, place] of places.entries()) all[place] = found[index]?.[k] as Found;
  }
  return all;
}
