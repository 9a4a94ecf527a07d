import { type PairExample, pairFields } from "./pair-example.ts";

/** An example, and a copy with only some of its pairs. */
export interface Part {
  readonly whole: PairExample;
  readonly part: PairExample;
}

/** Word rows of an example when every pair gets its own copy of the sentence. */
export function rowsOf({ pairs, length }: PairExample): number {
  return (pairs.length / pairFields) * length;
}

/**
 * Splits the pairs of an example, in order, into parts of at most `limit` rows and at least one
 * pair. An example within the limit is returned as it is.
 */
export function partsOf(example: PairExample, limit: number): PairExample[] {
  if (rowsOf(example) <= limit) return [example];
  const step = pairFields * Math.max(1, Math.floor(limit / example.length));
  const parts = Math.ceil(example.pairs.length / step);
  return Array.from({ length: parts }, (_, k) => ({ ...example, pairs: example.pairs.slice(k * step, (k + 1) * step) }));
}

/**
 * Groups examples, split if necessary, into groups of at most `limit` rows. Examples and their
 * pairs keep their order.
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
