import type { Span } from "../../schema/index.ts";
import { spanKey } from "../../schema/span-keys.ts";

/** Each pair once with the direction in its label, or once for each order. */
export type PairOrder = "left-to-right" | "ordered";

/** One tagging of a sentence, with the candidate pairs that follow from it. */
export interface Reading {
  /** Index of the sentence in its batch. */
  readonly sentence: number;
  /** The tag of each word, [N]. */
  readonly tags: Int32Array;
  /** Candidate entities, in order. */
  readonly spans: readonly Span[];
  /**
   * The type of each candidate, as an index; −1 for one that training lacks. Needed where entities
   * may overlap, since the tags of words do not hold them all.
   */
  readonly types?: Int32Array | undefined;
  /** First and second argument, as indices of `spans`. */
  readonly pairs: readonly CandidatePair[];
}

export type CandidatePair = readonly [first: number, second: number];

/** The distinct spans, sorted by start, then by end. Of equal ones, the last stays. */
export function distinctSpans<Kind extends Span>(spans: Iterable<Kind>): Kind[] {
  const distinct = new Map<string, Kind>();
  for (const span of spans) distinct.set(spanKey(span), span);
  return [...distinct.values()].sort((x, y) => x.start - y.start || x.end - y.end);
}

/**
 * The pairs of spans: each once, left to right, or once for each order.
 *
 * @param spans in order
 * @param which those that do not overlap, or all; of overlapping spans, left is the one that comes
 *   first
 */
export function candidatePairs(spans: readonly Span[], order: PairOrder, which: "apart" | "all" = "apart"): CandidatePair[] {
  const pairs: CandidatePair[] = [];
  for (const [i, left] of spans.entries()) {
    for (const [j, right] of spans.entries()) {
      const ahead = left.end <= right.start;
      if (!ahead && right.end > left.start && (which === "apart" || i === j)) continue;
      const first = ahead || (right.end > left.start && i < j);
      if (first || order === "ordered") pairs.push([i, j]);
    }
  }
  return pairs;
}

/** How the spans of a pair overlap; −1 if they do not. */
export function overlapOf(first: Span, second: Span): number {
  if (first.end <= second.start || second.end <= first.start) return -1;
  if (first.start <= second.start && second.end <= first.end) return 0;
  return second.start <= first.start && first.end <= second.end ? 1 : 2;
}

/** The ways in which spans overlap: the first holds the second, the other way, or they cross. */
export const overlapKinds = 3;

/**
 * The meaning of a pair's label. Label 0 is no relation; then come the types, for left-to-right
 * pairs each type in both directions.
 */
export interface PairLabel {
  readonly type: number;
  /** True if the second argument is the head. */
  readonly reversed: boolean;
}

export function labelCount(types: number, order: PairOrder): number {
  return 1 + (order === "ordered" ? types : 2 * types);
}

export function labelOf({ type, reversed }: PairLabel, order: PairOrder): number {
  return order === "ordered" ? 1 + type : 1 + 2 * type + (reversed ? 1 : 0);
}

/** @param label not 0 */
export function meaningOf(label: number, order: PairOrder): PairLabel {
  if (order === "ordered") return { type: label - 1, reversed: false };
  return { type: (label - 1) >> 1, reversed: label % 2 === 0 };
}

/**
 * The label of each pair, from gold relations.
 *
 * @param gold flat lists: start and end of each entity; head, tail and type of each relation
 */
export function goldLabels(
  { spans, pairs }: Pick<Reading, "spans" | "pairs">,
  gold: { readonly spans: Int32Array; readonly relations: Int32Array },
  order: PairOrder,
): Int32Array {
  const keyOf = (place: number): string => spanKey({ start: gold.spans[2 * place] ?? 0, end: gold.spans[2 * place + 1] ?? 0 });
  const types = new Map<string, number>();
  for (let k = 0; k < gold.relations.length; k += 3) {
    types.set(`${keyOf(gold.relations[k] ?? 0)} ${keyOf(gold.relations[k + 1] ?? 0)}`, gold.relations[k + 2] ?? 0);
  }
  return Int32Array.from(pairs, ([first, second]) => {
    const [from, to] = [spanKey(spans[first] as Span), spanKey(spans[second] as Span)];
    const type = types.get(`${from} ${to}`);
    if (type !== undefined) return labelOf({ type, reversed: false }, order);
    const back = order === "ordered" ? undefined : types.get(`${to} ${from}`);
    return back === undefined ? 0 : labelOf({ type: back, reversed: true }, order);
  });
}
