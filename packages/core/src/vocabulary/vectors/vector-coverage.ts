import type { Sentence } from "../../schema/index.ts";
import type { VectorMatch, WordVectors } from "./word-vectors.ts";

/** How many running words have a vector, by how they are found in the set. */
export interface VectorCoverage extends Readonly<Record<VectorMatch, number>> {
  /** Running words, with and without a vector. */
  readonly words: number;
}

/** Counts the running words of sentences that have a vector. */
export function vectorCoverage(vectors: WordVectors, sentences: Iterable<Pick<Sentence, "tokens">>): VectorCoverage {
  const found = { words: 0, exact: 0, lowerCased: 0, digitsFolded: 0 };
  const matches = new Map<string, VectorMatch | undefined>();
  for (const { tokens } of sentences) {
    for (const token of tokens) {
      if (!matches.has(token)) matches.set(token, vectors.match(token)?.by);
      const by = matches.get(token);
      found.words++;
      if (by !== undefined) found[by]++;
    }
  }
  return found;
}
