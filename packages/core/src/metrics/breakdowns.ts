import type { Annotation, Span } from "../schema/index.ts";
import { joinKey, spanKey } from "../schema/span-keys.ts";
import { relationItems } from "./matching.ts";
import { sharedLength } from "./prediction.ts";

/** How the relations of a sentence share entities. A sentence can be EPO and SEO at once. */
export type OverlapClass = "Normal" | "EPO" | "SEO" | "none";

/**
 * The overlap classes of a sentence, from ordered pairs of its distinct gold triples.
 *
 * Normal: every entity occurs in one triple. EPO: one pair has more than one relation. SEO: two
 * different pairs share an entity, or the head of a triple is its tail, as Zeng et al. 2018 count:
 * only so has the test set of WebNLG its published 246 Normal sentences and 457 SEO. "none": a
 * sentence without triples. An entity is its token span.
 */
export function overlapClasses(gold: Annotation): OverlapClass[] {
  const typesOfPair = new Map<string, Set<string>>();
  const pairsOfEntity = new Map<string, Set<string>>();
  let joinsItself = false;
  for (const { head, tail, type } of relationItems(gold)) {
    joinsItself ||= spanKey(head) === spanKey(tail);
    const pair = joinKey(spanKey(head), spanKey(tail));
    addTo(typesOfPair, pair, type);
    addTo(pairsOfEntity, spanKey(head), pair);
    addTo(pairsOfEntity, spanKey(tail), pair);
  }
  if (typesOfPair.size === 0) return ["none"];
  const classes: OverlapClass[] = [];
  if ([...typesOfPair.values()].some((types) => types.size > 1)) classes.push("EPO");
  if (joinsItself || [...pairsOfEntity.values()].some((pairs) => pairs.size > 1)) classes.push("SEO");
  return classes.length === 0 ? ["Normal"] : classes;
}

/** The bucket for the number of distinct gold triples in a sentence: "0" to "4", or "≥5". */
export function tripleCountBucket(gold: Annotation): string {
  const triples = new Set(relationItems(gold).map((item) => joinKey(spanKey(item.head), spanKey(item.tail), item.type)));
  return triples.size >= 5 ? "≥5" : String(triples.size);
}

/** The number of tokens between two arguments; 0 if they touch or overlap. */
export function wordsBetween(left: Span, right: Span): number {
  return sharedLength(left, right) > 0 ? 0 : Math.max(right.start - left.end, left.start - right.end);
}

/**
 * The bucket of a distance: one for each small number of words, then wider ones.
 *
 * Sun et al. 2018, Figure A of the appendix, plots F1 by single distances ("at distance 2"). Only
 * the figure shows where its wide buckets begin, so 6 and 11 are our choice.
 */
export function distanceBucket(words: number): string {
  if (words <= 5) return String(words);
  return words <= 10 ? "6–10" : "≥11";
}

/** The bucket of a sentence's length in tokens; buckets are ten wide. */
export function lengthBucket(tokens: number): string {
  if (tokens > 50) return "≥51";
  const last = Math.max(10, Math.ceil(tokens / 10) * 10);
  return last === 10 ? "≤10" : `${last - 9}–${last}`;
}

/** Sorts buckets in their natural order, whatever their support. */
export function inBucketOrder<Value>(buckets: Readonly<Record<string, Value>>): [string, Value][] {
  const place = (bucket: string) => (bucketOrder.includes(bucket) ? bucketOrder.indexOf(bucket) : bucketOrder.length);
  return Object.entries(buckets).sort(([a], [b]) => place(a) - place(b));
}

const bucketOrder: readonly string[] = [
  ..."0 1 2 3 4 ≥5 5 6–10 ≥11".split(" "),
  ..."≤10 11–20 21–30 31–40 41–50 ≥51".split(" "),
  ..."Normal EPO SEO none seen unseen".split(" "),
];

function addTo(index: Map<string, Set<string>>, key: string, value: string): void {
  const values = index.get(key);
  if (values === undefined) index.set(key, new Set([value]));
  else values.add(value);
}
