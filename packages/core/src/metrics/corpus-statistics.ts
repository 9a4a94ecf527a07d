import type { Sentence } from "../schema/index.ts";
import {
  distanceBucket,
  lengthBucket,
  type OverlapClass,
  overlapClasses,
  tripleCountBucket,
  wordsBetween,
} from "./breakdowns.ts";

/** Minimum, median, mean, 95th percentile and maximum of a list of numbers. */
export interface Distribution {
  readonly min: number;
  readonly median: number;
  readonly mean: number;
  readonly percentile95: number;
  readonly max: number;
}

/** The size and composition of a corpus. */
export interface CorpusStatistics {
  readonly sentences: number;
  readonly tokens: number;
  readonly entities: number;
  readonly relations: number;
  /** Number of distinct tokens, case-sensitive. */
  readonly words: number;
  readonly tokensPerSentence: Distribution;
  readonly entitiesPerSentence: Distribution;
  readonly relationsPerSentence: Distribution;
  readonly tokensPerEntity: Distribution;
  /** By name, most frequent first; entities without a type are under "untyped". */
  readonly entityTypes: Readonly<Record<string, number>>;
  readonly relationTypes: Readonly<Record<string, number>>;
  /** Sentences in each class; a sentence can be in two. */
  readonly overlap: Readonly<Record<OverlapClass, number>>;
  /** Sentences by number of distinct triples: 0, 1, 2, 3, 4 and at least 5. */
  readonly triplesPerSentence: Readonly<Record<string, number>>;
  /** Sentences by their length in tokens, in buckets ten wide. */
  readonly sentenceLengths: Readonly<Record<string, number>>;
  /** Sentences by number of entities: 0, 1, 2 … and at least 10. */
  readonly entityCounts: Readonly<Record<string, number>>;
  /** Relations by the number of words between their arguments. */
  readonly distances: Readonly<Record<string, number>>;
}

/** Computes the statistics of a corpus. */
export function corpusStatistics(sentences: readonly Sentence[]): CorpusStatistics {
  const words = new Set<string>();
  const entityTypes = new Map<string, number>();
  const relationTypes = new Map<string, number>();
  const overlap = { none: 0, Normal: 0, SEO: 0, EPO: 0 };
  const triples = emptyBuckets(["0", "1", "2", "3", "4", "≥5"]);
  const sentenceLengths = emptyBuckets(lengthBuckets);
  const entityCounts = emptyBuckets(entityBuckets);
  const distances = emptyBuckets(distanceBuckets);
  const entityLengths: number[] = [];
  for (const sentence of sentences) {
    for (const token of sentence.tokens) words.add(token);
    for (const { type, start, end } of sentence.entities) {
      increase(entityTypes, type ?? "untyped");
      entityLengths.push(end - start);
    }
    for (const { type, head, tail } of sentence.relations) {
      increase(relationTypes, type);
      const [first, second] = [sentence.entities[head], sentence.entities[tail]];
      if (first !== undefined && second !== undefined) increase(distances, distanceBucket(wordsBetween(first, second)));
    }
    increase(sentenceLengths, lengthBucket(sentence.tokens.length));
    increase(entityCounts, sentence.entities.length >= 10 ? "≥10" : String(sentence.entities.length));
    for (const name of overlapClasses(sentence)) overlap[name]++;
    increase(triples, tripleCountBucket(sentence));
  }
  const lengths = sentences.map(({ tokens }) => tokens.length);
  return {
    sentences: sentences.length,
    tokens: lengths.reduce((sum, length) => sum + length, 0),
    entities: entityLengths.length,
    relations: sentences.reduce((sum, { relations }) => sum + relations.length, 0),
    words: words.size,
    tokensPerSentence: distribution(lengths),
    entitiesPerSentence: distribution(sentences.map(({ entities }) => entities.length)),
    relationsPerSentence: distribution(sentences.map(({ relations }) => relations.length)),
    tokensPerEntity: distribution(entityLengths),
    entityTypes: byFrequency(entityTypes),
    relationTypes: byFrequency(relationTypes),
    overlap,
    triplesPerSentence: Object.fromEntries(triples),
    sentenceLengths: Object.fromEntries(sentenceLengths),
    entityCounts: Object.fromEntries(entityCounts),
    distances: Object.fromEntries(distances),
  };
}

/** Computes nearest-rank percentiles, so each is one of the values. All zero for an empty list. */
export function distribution(values: readonly number[]): Distribution {
  const sorted = Float64Array.from(values).sort();
  const rank = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  const sum = sorted.reduce((total, value) => total + value, 0);
  return {
    min: rank(0),
    median: rank(0.5),
    mean: sorted.length === 0 ? 0 : sum / sorted.length,
    percentile95: rank(0.95),
    max: rank(1),
  };
}

/** The buckets in display order, named as in `breakdowns.ts`. */
const lengthBuckets = "≤10 11–20 21–30 31–40 41–50 ≥51".split(" ");
const entityBuckets = "0 1 2 3 4 5 6 7 8 9 ≥10".split(" ");
const distanceBuckets = "0 1 2 3 4 5 6–10 ≥11".split(" ");

function emptyBuckets(names: readonly string[]): Map<string, number> {
  return new Map(names.map((name) => [name, 0]));
}

function byFrequency(counts: ReadonlyMap<string, number>): Record<string, number> {
  const sorted = [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  return Object.fromEntries(sorted);
}

function increase(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
