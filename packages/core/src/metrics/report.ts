import type { CoOccurrence } from "./co-occurrence.ts";
import type { ConfusionCell } from "./confusion.ts";
import type { Average, Score } from "./counts.ts";
import type { AverageIntervals, IntervalNote } from "./intervals.ts";
import type { EntityMistakes, RelationMistakes } from "./mistakes.ts";
import type { Protocol, ProtocolName } from "./protocols.ts";

/** Everything that stands beside a number, as plain values that JSON can hold. */
export interface Report {
  /**
   * Name of the data set and of its split, and how the checkpoint was chosen, in the caller's
   * words.
   */
  readonly dataSet: string | null;
  readonly split: string | null;
  readonly selection: string | null;
  readonly seeds: readonly number[];
  /** What spans count: tokens, characters, or tokens of heads only. */
  readonly spanUnit: string;
  readonly sentences: number;
  readonly sentencesWithoutRelations: number;
  /** How sentences count where neither side has an item. */
  readonly emptySentences: string;
  /** Classes left out of every number, on both sides. */
  readonly ignoredTypes: readonly string[];
  /** The only classes that every number is of, on both sides; all where there are none. */
  readonly onlyTypes: readonly string[];
  /** How the intervals were drawn; `null` where none were asked for. */
  readonly intervals: IntervalNote | null;
  readonly protocols: Readonly<Record<string, ProtocolReport>>;
  /**
   * By pairs of spans and by entities, whatever the protocol; `directed` says whether a relation
   * turned round is a mistake.
   */
  readonly mistakes: { readonly relations: RelationMistakes; readonly entities: EntityMistakes; readonly directed: boolean };
  /**
   * Pairs that only stand in one sentence, and how many of them are claimed to be related; classes
   * left out count here all the same.
   */
  readonly coOccurrence: CoOccurrence;
  /** What was taken for what, most frequent first. */
  readonly confusion: { readonly relations: readonly ConfusionCell[]; readonly entities: readonly ConfusionCell[] };
  /**
   * Present when predictions carry raw cells: how many, and how many have no predicted entity at
   * one of their ends.
   */
  readonly cells: { readonly predicted: number; readonly withoutEntity: number } | null;
}

export interface ProtocolReport {
  readonly protocol: ProtocolName;
  readonly words: string;
  readonly unit: Protocol["unit"];
  readonly directed: boolean;
  /** Summed counts over all sentences. */
  readonly micro: Score;
  readonly macro: Average;
  readonly weighted: Average;
  /** `null` where none were asked for. */
  readonly intervals: AverageIntervals | null;
  /** By class; `gold` is the support. */
  readonly byType: Buckets;
  readonly breakdowns: Readonly<Partial<Record<BreakdownName, Buckets>>>;
  /** What remembering the training triples alone would give; `null` when train was not given. */
  readonly memory: Score | null;
}

export type Buckets = Readonly<Record<string, Score>>;

/**
 * Ways to cut a score. Those of sentences (`overlap`, `tripleCount`, `sentenceLength`) put a whole
 * sentence in a bucket, in two where it is both EPO and SEO. Those of items put a right prediction
 * in the bucket of its gold item and a wrong one in its own.
 */
export type BreakdownName = "overlap" | "tripleCount" | "sentenceLength" | "distance" | "argumentTypes" | "seen";

/** What each breakdown's buckets mean. */
export const breakdownWords: Readonly<Record<BreakdownName, string>> = {
  overlap: "overlap of the sentence's gold triples (a sentence can be EPO and SEO)",
  tripleCount: "number of gold triples in the sentence",
  sentenceLength: "tokens in the sentence",
  distance: "tokens between the arguments",
  argumentTypes: "entity types of the arguments",
  seen: "whether the triple of strings occurs in train",
};
