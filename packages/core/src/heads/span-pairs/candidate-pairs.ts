import type { Span } from "../../schema/index.ts";

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
  /** First and second argument, as indices of `spans`. */
  readonly pairs: readonly CandidatePair[];
}

export type CandidatePair = readonly [first: number, second: number];

/** The distinct spans, sorted by start, then by end. */
export function distinctSpans(spans: Iterable<Span>): Span[] {
  const distinct = new Map<string, Span>();
  for (const { start, end } of spans) distinct.set(spanKey({ start, end }), { start, end });
  return [...distinct.values()].sort((x, y) => x.start - y.start || x.end - y.end);
}

/** The pairs of spans that do not overlap: each once, left to right, or once for each order. */
export function candidatePairs(spans: readonly Span[], order: PairOrder): CandidatePair[] {
  const pairs: CandidatePair[] = [];
  for (const [i, left] of spans.entries()) {
    for (const [j, right] of spans.entries()) {
      if (left.end <= right.start) pairs.push([i, j]);
      else if (order === "ordered" && right.end <= left.start) pairs.push([i, j]);
    }
  }
  return pairs;
}

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

export function spanKey({ start, end }: Span): string {
  return `${start}:${end}`;
}
