import type { Annotation, Entity } from "../schema/index.ts";
import { joinKey, relationItems, spanKey } from "./matching.ts";
import { sharedLength } from "./prediction.ts";

/**
 * Mistakes at relations, by pair of argument spans (Ye et al. 2019, section 1). On each pair `wrongClass` matches one missed
 * type with one superfluous type; what is left over is a false negative or a false positive.
 */
export interface RelationMistakes {
  readonly correct: number;
  readonly falseNegative: number;
  readonly falsePositive: number;
  readonly wrongClass: number;
  /** Those of `falseNegative` where the prediction lacks the span of at least one argument. */
  readonly argumentMissing: number;
}

/**
 * Mistakes at entities. Every gold and every predicted entity is used once: for an entity that is right, then for one with
 * the right span, then for the one that shares most words; the rest is missing or spurious.
 */
export interface EntityMistakes {
  readonly correct: number;
  /** The span is right, the type is not. */
  readonly wrongType: number;
  /** The spans share words and differ, whatever the type. */
  readonly wrongBoundary: number;
  readonly missing: number;
  readonly spurious: number;
}

export const noRelationMistakes: RelationMistakes = {
  correct: 0,
  falseNegative: 0,
  falsePositive: 0,
  wrongClass: 0,
  argumentMissing: 0,
};

export const noEntityMistakes: EntityMistakes = { correct: 0, wrongType: 0, wrongBoundary: 0, missing: 0, spurious: 0 };

export function relationMistakes(gold: Annotation, predicted: Annotation, directed = true): RelationMistakes {
  const foundSpans = new Set(predicted.entities.map(spanKey));
  const goldPairs = typesByPair(gold, directed);
  const predictedPairs = typesByPair(predicted, directed);
  const totals = { ...noRelationMistakes };
  for (const [key, pair] of goldPairs) {
    const found = predictedPairs.get(key)?.types ?? new Set<string>();
    const correct = [...pair.types].filter((type) => found.has(type)).length;
    const missed = pair.types.size - correct;
    const superfluous = found.size - correct;
    const wrongClass = Math.min(missed, superfluous);
    totals.correct += correct;
    totals.wrongClass += wrongClass;
    totals.falseNegative += missed - wrongClass;
    totals.falsePositive += superfluous - wrongClass;
    if (!pair.spans.every((span) => foundSpans.has(span))) totals.argumentMissing += missed - wrongClass;
  }
  for (const [key, pair] of predictedPairs) if (!goldPairs.has(key)) totals.falsePositive += pair.types.size;
  return totals;
}

export function entityMistakes(gold: Annotation, predicted: Annotation): EntityMistakes {
  const goldLeft = distinctEntities(gold);
  const predictedLeft = distinctEntities(predicted);
  const correct = takePairs(goldLeft, predictedLeft, (a, b) => spanKey(a) === spanKey(b) && a.type === b.type);
  const wrongType = takePairs(goldLeft, predictedLeft, (a, b) => spanKey(a) === spanKey(b));
  const wrongBoundary = takeOverlaps(goldLeft, predictedLeft);
  return { correct, wrongType, wrongBoundary, missing: goldLeft.size, spurious: predictedLeft.size };
}

/** Adds two records of numbers with the same fields. */
export function addMistakes<T extends RelationMistakes | EntityMistakes>(left: T, right: T): T {
  const entries = Object.entries(left) as [keyof T, number][];
  return Object.fromEntries(entries.map(([name, value]) => [name, value + (right[name] as number)])) as unknown as T;
}

function typesByPair(annotation: Annotation, directed: boolean): Map<string, { spans: string[]; types: Set<string> }> {
  const pairs = new Map<string, { spans: string[]; types: Set<string> }>();
  for (const { head, tail, type } of relationItems(annotation)) {
    const spans = [spanKey(head), spanKey(tail)];
    if (!directed) spans.sort();
    const key = joinKey(...spans);
    const pair = pairs.get(key) ?? { spans, types: new Set<string>() };
    pair.types.add(type);
    pairs.set(key, pair);
  }
  return pairs;
}

function distinctEntities(annotation: Annotation): Set<Entity> {
  const byKey = new Map(annotation.entities.map((entity) => [joinKey(spanKey(entity), entity.type ?? ""), entity]));
  return new Set([...byKey.values()].sort((a, b) => a.start - b.start || a.end - b.end));
}

function takePairs(left: Set<Entity>, right: Set<Entity>, agrees: (a: Entity, b: Entity) => boolean): number {
  let taken = 0;
  for (const a of left) {
    const b = [...right].find((candidate) => agrees(a, candidate));
    if (b === undefined) continue;
    left.delete(a);
    right.delete(b);
    taken += 1;
  }
  return taken;
}

function takeOverlaps(left: Set<Entity>, right: Set<Entity>): number {
  const candidates = [...left].flatMap((a) => [...right].map((b) => ({ a, b, shared: sharedLength(a, b) })));
  candidates.sort((one, other) => other.shared - one.shared);
  let taken = 0;
  for (const { a, b, shared } of candidates) {
    if (shared === 0 || !left.has(a) || !right.has(b)) continue;
    left.delete(a);
    right.delete(b);
    taken += 1;
  }
  return taken;
}
