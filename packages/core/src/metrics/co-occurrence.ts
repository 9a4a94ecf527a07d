import type { Annotation } from "../schema/index.ts";
import { spanKey } from "../schema/span-keys.ts";
import { relationEnds } from "./prediction.ts";

/** Pairs of entities without a gold relation, and how many of them a system relates. */
export interface PairClaims {
  readonly pairs: number;
  readonly claimed: number;
}

/**
 * How often a system relates two entities that merely occur in the same sentence.
 *
 * A pair is two entities of a sentence with different spans, in either order, whatever their types
 * and the relation type. It counts if gold has no relation between them, and is claimed if the
 * system has one.
 */
export interface CoOccurrence {
  /**
   * Pairs of gold entities whose spans the system also found: all pairs of gold entities, if those
   * are given to the system.
   */
  readonly gold: PairClaims;
  /** All pairs of entities that the system found, correct or not. */
  readonly found: PairClaims;
}

/** The counts of no sentences. */
export const noCoOccurrence: CoOccurrence = { gold: { pairs: 0, claimed: 0 }, found: { pairs: 0, claimed: 0 } };

/** Counts one sentence. */
export function coOccurrence(gold: Annotation, predicted: Annotation): CoOccurrence {
  const related = relatedPairs(gold);
  const claimed = relatedPairs(predicted);
  const goldSpans = spansOf(gold);
  const found = spansOf(predicted);
  const count = (spans: ReadonlySet<string>): PairClaims => {
    const free = pairsOf([...spans]).filter((pair) => !related.has(pair));
    return { pairs: free.length, claimed: free.filter((pair) => claimed.has(pair)).length };
  };
  return { gold: count(new Set([...goldSpans].filter((span) => found.has(span)))), found: count(found) };
}

/** Adds the counts of two sets of sentences. */
export function addCoOccurrence(left: CoOccurrence, right: CoOccurrence): CoOccurrence {
  const add = (one: PairClaims, other: PairClaims): PairClaims => ({
    pairs: one.pairs + other.pairs,
    claimed: one.claimed + other.claimed,
  });
  return { gold: add(left.gold, right.gold), found: add(left.found, right.found) };
}

/** The share of pairs that are claimed; 0 if there are no pairs. */
export function falsePositiveRate({ pairs, claimed }: PairClaims): number {
  return pairs === 0 ? 0 : claimed / pairs;
}

/**
 * Describes both counts in one line, or one of them if they are equal, as when entities are given.
 */
export function coOccurrenceWords({ gold, found }: CoOccurrence): string {
  const words = ({ pairs, claimed }: PairClaims): string =>
    `${pairs === 0 ? "–" : `${(100 * falsePositiveRate({ pairs, claimed })).toFixed(1)} %`} (${claimed} of ${pairs})`;
  const same = gold.pairs === found.pairs && gold.claimed === found.claimed;
  const rest = same ? "" : `; ${words(found)} of all pairs of entities found`;
  return `pairs without a relation in gold that are claimed to have one: ${words(gold)} of gold entities found${rest}`;
}

function relatedPairs(annotation: Annotation): Set<string> {
  return new Set(
    annotation.relations.map((relation) => {
      const { head, tail } = relationEnds(annotation, relation);
      return pairKey(spanKey(head), spanKey(tail));
    }),
  );
}

function spansOf({ entities }: Annotation): Set<string> {
  return new Set(entities.map(spanKey));
}

function pairsOf(spans: readonly string[]): string[] {
  return spans.flatMap((one, index) => spans.slice(index + 1).map((other) => pairKey(one, other)));
}

function pairKey(one: string, other: string): string {
  return one < other ? `${one} ${other}` : `${other} ${one}`;
}
