import type { Annotation, Entity } from "../schema/index.ts";
import { joinKey, spanKey } from "../schema/span-keys.ts";
import { relationItems } from "./matching.ts";
import { sharedLength } from "./prediction.ts";

/**
 * Mistakes in relations, by pair of argument spans (Ye et al. 2019, section 1). For each pair,
 * `wrongClass` matches one missed type with one superfluous type; the remaining types are false
 * negatives or false positives.
 */
export interface RelationMistakes {
  readonly correct: number;
  readonly falseNegative: number;
  readonly falsePositive: number;
  readonly wrongClass: number;
  /**
   * The part of `falseNegative` in which the prediction lacks the span of at least one argument.
   */
  readonly argumentMissing: number;
}

/**
 * Mistakes in entities. Each gold and predicted entity is matched at most once: first with an equal
 * entity, then with the same span, then with the largest overlap. The rest is missing or spurious.
 */
export interface EntityMistakes {
  readonly correct: number;
  /** The span is correct, the type is not. */
  readonly wrongType: number;
  /** The spans overlap but differ, whatever the type. */
  readonly wrongBoundary: number;
  readonly missing: number;
  readonly spurious: number;
}

/**
 * One pair of spans in gold and in the prediction; the type is `null` on a side without a relation.
 */
export interface RelationFinding {
  readonly kind: Exclude<keyof RelationMistakes, "argumentMissing">;
  /** The arguments in gold, or in the prediction if gold lacks the pair. */
  readonly head: Entity;
  readonly tail: Entity;
  readonly gold: string | null;
  readonly predicted: string | null;
  /** Whether the relation was missed because the prediction lacks the span of an argument. */
  readonly argumentMissing: boolean;
}

/** A gold entity with the predicted one matched to it; `null` on a side without a match. */
export interface EntityFinding {
  readonly kind: keyof EntityMistakes;
  readonly gold: Entity | null;
  readonly predicted: Entity | null;
}

export const noRelationMistakes: RelationMistakes = {
  correct: 0,
  falseNegative: 0,
  falsePositive: 0,
  wrongClass: 0,
  argumentMissing: 0,
};

export const noEntityMistakes: EntityMistakes = { correct: 0, wrongType: 0, wrongBoundary: 0, missing: 0, spurious: 0 };

/**
 * The relation mistakes of one sentence.
 *
 * @param directed whether swapping head and tail is a mistake
 */
export function relationMistakes(gold: Annotation, predicted: Annotation, directed = true): RelationMistakes {
  return countRelationFindings(relationFindings(gold, predicted, directed));
}

/** The entity mistakes of one sentence. */
export function entityMistakes(gold: Annotation, predicted: Annotation): EntityMistakes {
  return countEntityFindings(entityFindings(gold, predicted));
}

export function countRelationFindings(findings: readonly RelationFinding[]): RelationMistakes {
  const totals = { ...noRelationMistakes };
  for (const { kind, argumentMissing } of findings) {
    totals[kind] += 1;
    if (argumentMissing) totals.argumentMissing += 1;
  }
  return totals;
}

export function countEntityFindings(findings: readonly EntityFinding[]): EntityMistakes {
  const totals = { ...noEntityMistakes };
  for (const { kind } of findings) totals[kind] += 1;
  return totals;
}

/**
 * Every relation of both sides, correct or wrong: gold relations in order, then those whose pair
 * gold lacks.
 */
export function relationFindings(gold: Annotation, predicted: Annotation, directed = true): RelationFinding[] {
  const foundSpans = new Set(predicted.entities.map(spanKey));
  const goldPairs = typesByPair(gold, directed);
  const predictedPairs = typesByPair(predicted, directed);
  const findings: RelationFinding[] = [];
  for (const [key, { head, tail, types }] of goldPairs) {
    const found = predictedPairs.get(key)?.types ?? new Set<string>();
    const superfluous = [...found].filter((type) => !types.has(type));
    const hasArguments = foundSpans.has(spanKey(head)) && foundSpans.has(spanKey(tail));
    for (const type of types) {
      if (found.has(type)) {
        findings.push({ kind: "correct", head, tail, gold: type, predicted: type, argumentMissing: false });
        continue;
      }
      const instead = superfluous.shift() ?? null;
      const kind = instead === null ? "falseNegative" : "wrongClass";
      const argumentMissing = kind === "falseNegative" && !hasArguments;
      findings.push({ kind, head, tail, gold: type, predicted: instead, argumentMissing });
    }
    for (const type of superfluous) findings.push(falsePositive(head, tail, type));
  }
  for (const [key, { head, tail, types }] of predictedPairs) {
    if (!goldPairs.has(key)) for (const type of types) findings.push(falsePositive(head, tail, type));
  }
  return findings;
}

/** Every entity of both sides: matched pairs, then missing ones, then spurious ones. */
export function entityFindings(gold: Annotation, predicted: Annotation): EntityFinding[] {
  const goldLeft = distinctEntities(gold);
  const predictedLeft = distinctEntities(predicted);
  return [
    ...takePairs("correct", goldLeft, predictedLeft, (a, b) => spanKey(a) === spanKey(b) && a.type === b.type),
    ...takePairs("wrongType", goldLeft, predictedLeft, (a, b) => spanKey(a) === spanKey(b)),
    ...takeOverlaps(goldLeft, predictedLeft),
    ...[...goldLeft].map((entity): EntityFinding => ({ kind: "missing", gold: entity, predicted: null })),
    ...[...predictedLeft].map((entity): EntityFinding => ({ kind: "spurious", gold: null, predicted: entity })),
  ];
}

/** Adds two records of numbers with the same fields. */
export function addMistakes<T extends RelationMistakes | EntityMistakes>(left: T, right: T): T {
  const entries = Object.entries(left) as [keyof T, number][];
  return Object.fromEntries(entries.map(([name, value]) => [name, value + (right[name] as number)])) as unknown as T;
}

function falsePositive(head: Entity, tail: Entity, type: string): RelationFinding {
  return { kind: "falsePositive", head, tail, gold: null, predicted: type, argumentMissing: false };
}

interface PairTypes {
  readonly head: Entity;
  readonly tail: Entity;
  readonly types: Set<string>;
}

function typesByPair(annotation: Annotation, directed: boolean): Map<string, PairTypes> {
  const pairs = new Map<string, PairTypes>();
  for (const { head, tail, type } of relationItems(annotation)) {
    const spans = [spanKey(head), spanKey(tail)];
    if (!directed) spans.sort();
    const key = joinKey(...spans);
    const pair = pairs.get(key) ?? { head, tail, types: new Set<string>() };
    pair.types.add(type);
    pairs.set(key, pair);
  }
  return pairs;
}

function distinctEntities(annotation: Annotation): Set<Entity> {
  const byKey = new Map(annotation.entities.map((entity) => [joinKey(spanKey(entity), entity.type ?? ""), entity]));
  return new Set([...byKey.values()].sort((a, b) => a.start - b.start || a.end - b.end));
}

function takePairs(
  kind: EntityFinding["kind"],
  left: Set<Entity>,
  right: Set<Entity>,
  agrees: (a: Entity, b: Entity) => boolean,
): EntityFinding[] {
  const taken: EntityFinding[] = [];
  for (const a of left) {
    const b = [...right].find((candidate) => agrees(a, candidate));
    if (b === undefined) continue;
    left.delete(a);
    right.delete(b);
    taken.push({ kind, gold: a, predicted: b });
  }
  return taken;
}

function takeOverlaps(left: Set<Entity>, right: Set<Entity>): EntityFinding[] {
  const candidates = [...left].flatMap((a) => [...right].map((b) => ({ a, b, shared: sharedLength(a, b) })));
  candidates.sort((one, other) => other.shared - one.shared);
  const taken: EntityFinding[] = [];
  for (const { a, b, shared } of candidates) {
    if (shared === 0 || !left.has(a) || !right.has(b)) continue;
    left.delete(a);
    right.delete(b);
    taken.push({ kind: "wrongBoundary", gold: a, predicted: b });
  }
  return taken;
}
