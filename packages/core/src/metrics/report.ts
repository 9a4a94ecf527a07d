import type { CoOccurrence } from "./co-occurrence.ts";
import type { ConfusionCell } from "./confusion.ts";
import type { Average, Score } from "./counts.ts";
import type { AverageIntervals, IntervalNote } from "./intervals.ts";
import type { EntityMistakes, RelationMistakes } from "./mistakes.ts";
import type { Protocol, ProtocolName } from "./protocols.ts";

/** An evaluation: scores with all their settings, as plain JSON values. */
export interface Report {
  /** The data set, its split, and how the checkpoint was chosen, in the caller's words. */
  readonly dataSet: string | null;
  readonly split: string | null;
  readonly selection: string | null;
  readonly seeds: readonly number[];
  /** The unit of spans: tokens, characters, or tokens of heads only. */
  readonly spanUnit: string;
  readonly sentences: number;
  readonly sentencesWithoutRelations: number;
  /** How sentences without items on either side count. */
  readonly emptySentences: string;
  /** Classes excluded from every number, on both sides. */
  readonly ignoredTypes: readonly string[];
  /** If not empty, the only classes in every number, on both sides. */
  readonly onlyTypes: readonly string[];
  /** The bootstrap settings; `null` if no intervals were requested. */
  readonly intervals: IntervalNote | null;
  readonly protocols: Readonly<Record<string, ProtocolReport>>;
  /**
   * Mistakes by pairs of spans and by entities, whatever the protocol; `directed` says whether
   * swapping head and tail is a mistake.
   */
  readonly mistakes: { readonly relations: RelationMistakes; readonly entities: EntityMistakes; readonly directed: boolean };
  /**
   * Entity pairs without a gold relation, and how many the system relates. Includes excluded
   * classes.
   */
  readonly coOccurrence: CoOccurrence;
  /** Confused types, most frequent first. */
  readonly confusion: { readonly relations: readonly ConfusionCell[]; readonly entities: readonly ConfusionCell[] };
  /**
   * Present if predictions have raw cells: their number, and how many have no predicted entity at
   * one of their ends.
   */
  readonly cells: { readonly predicted: number; readonly withoutEntity: number } | null;
}

/** The scores under one protocol. */
export interface ProtocolReport {
  readonly protocol: ProtocolName;
  readonly words: string;
  readonly unit: Protocol["unit"];
  readonly directed: boolean;
  /** Summed counts over all sentences. */
  readonly micro: Score;
  readonly macro: Average;
  readonly weighted: Average;
  /** `null` if no intervals were requested. */
  readonly intervals: AverageIntervals | null;
  /** By class; `gold` is the support. */
  readonly byType: Buckets;
  readonly breakdowns: Readonly<Partial<Record<BreakdownName, Buckets>>>;
  /** The score of memorising the training triples; `null` without train. */
  readonly memory: Score | null;
}

/** Scores by class or bucket. */
export type Buckets = Readonly<Record<string, Score>>;

/**
 * The ways to break down a score. `overlap`, `tripleCount` and `sentenceLength` assign whole
 * sentences to buckets, or to two if a sentence is both EPO and SEO. The others assign items: a
 * correct prediction goes in the bucket of its gold item, a wrong one in its own.
 */
export type BreakdownName = "overlap" | "tripleCount" | "sentenceLength" | "distance" | "argumentTypes" | "seen";

/** The meaning of each breakdown's buckets. */
export const breakdownWords: Readonly<Record<BreakdownName, string>> = {
  overlap: "overlap of the sentence's gold triples (a sentence can be EPO and SEO)",
  tripleCount: "number of gold triples in the sentence",
  sentenceLength: "tokens in the sentence",
  distance: "tokens between the arguments",
  argumentTypes: "entity types of the arguments",
  seen: "whether the triple of strings occurs in train",
};
