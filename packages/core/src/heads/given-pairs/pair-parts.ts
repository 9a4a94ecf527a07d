import { type PairExample, pairFields } from "./pair-example.ts";

/** Some of the pairs of an example. */
export interface Part {
  readonly whole: PairExample;
  readonly part: PairExample;
}

/** Rows of words that the pairs of an example come to, where each pair has its own. */
export function rowsOf({ pairs, length }: PairExample): number {
  return (pairs.length / pairFields) * length;
}

/**
 * The example itself where its pairs come to at most `limit` rows; else its pairs in order, in
 * parts of at most so many, one pair at least.
 */
export function partsOf(example: PairExample, limit: number): PairExample[] {
  if (rowsOf(example) <= limit) return [example];
  const step = pairFields * Math.max(1, Math.floor(limit / example.length));
  const parts = Math.ceil(example.pairs.length / step);
  return Array.from({ length: parts }, (_, k) => ({ ...example, pairs: example.pairs.slice(k * step, (k + 1) * step) }));
}

/**
 * Examples, or parts of them, in groups of at most `limit` rows; examples in order, and the pairs
 * of each.
 */
export function groupsOf(examples: readonly PairExample[], limit: number): Part[][] {
  const groups: Part[][] = [];
  let free = 0;
  for (const whole of examples) {
    for (const part of partsOf(whole, limit)) {
      const rows = rowsOf(part);
      if (groups.length === 0 || rows > free) {
        groups.push([]);
        free = limit;
      }
      groups.at(-1)?.push({ whole, part });
      free -= rows;
    }
  }
  return groups;
}
