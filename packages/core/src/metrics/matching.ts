import { DataError } from "../errors.ts";
import { type Annotation, type Entity, overlappingEntities, surface } from "../schema/index.ts";
import { joinKey, spanKey, typedSpanKey } from "../schema/span-keys.ts";
import type { Counts } from "./counts.ts";
import { type Anchor, anchorOf, type Cell, flatTags, type Prediction, relationEnds, sharedLength } from "./prediction.ts";

/** One item to count: a relation, a cell or an entity. `type` is its class. */
export interface Item {
  readonly type: string;
  /** The first argument, or the entity itself. */
  readonly head: Entity;
  /** Absent for entities. */
  readonly tail?: Entity | undefined;
}

/**
 * Two sets of items of one sentence, by key, and the keys they share. A key holds all that a
 * protocol compares, so items that the protocol cannot distinguish count as one, on either side;
 * breakdowns use the first of them.
 */
export interface Matching {
  readonly gold: ReadonlyMap<string, Item>;
  readonly predicted: ReadonlyMap<string, Item>;
  readonly correct: ReadonlySet<string>;
}

/** How a protocol compares the annotation of a sentence with what was predicted for it. */
export type Match = (gold: Prediction, predicted: Prediction, tokens: readonly string[]) => Matching;

/** The sizes of the two sets of a matching and of their intersection. */
export function countsOf(matching: Matching): Counts {
  return { predicted: matching.predicted.size, gold: matching.gold.size, correct: matching.correct.size };
}

/** Relations match when their keys are equal. */
export function matchRelations(keyOf: (item: Item & { tail: Entity }, tokens: readonly string[]) => string): Match {
  const collect = (annotation: Annotation, tokens: readonly string[]) =>
    indexBy(relationItems(annotation), (item) => keyOf(item, tokens));
  return (gold, predicted, tokens) => intersect(collect(gold, tokens), collect(predicted, tokens));
}

/** Entities match when their keys are equal. */
export function matchEntities(keyOf: (entity: Entity) => string): Match {
  const collect = (annotation: Annotation) => indexBy(annotation.entities.map(entityItem), (item) => keyOf(item.head));
  return (gold, predicted) => intersect(collect(gold), collect(predicted));
}

/**
 * Relations with given boundaries. A predicted argument is mapped to the gold entity with which it
 * shares most, and a gold entity's type is correct if it is among the types predicted for its
 * words.
 *
 * Bekoulis et al. 2018. An argument that touches no gold entity makes its relation wrong.
 */
export const matchRelaxed: Match = (gold, predicted) => {
  const goldItems = indexBy(relationItems(gold), strictKey);
  const standsFor = (argument: Entity) => nearestEntity(gold.entities, argument) ?? argument;
  const predictedItems = indexBy(
    relationItems(predicted).map((item) => ({ ...item, head: standsFor(item.head), tail: standsFor(item.tail) })),
    strictKey,
  );
  const typeIsRight = (entity: Entity) =>
    predicted.entities.some((found) => found.type === entity.type && sharedLength(found, entity) > 0);
  return intersect(goldItems, predictedItems, (item) => typeIsRight(item.head) && typeIsRight(item.tail ?? item.head));
};

/**
 * Entities with given boundaries: one decision per gold entity, correct if its type is among those
 * predicted for its words. A predicted entity is mapped to the gold entity with which it shares
 * most; one that touches none is wrong.
 *
 * Bekoulis et al. 2018, the entity half of `matchRelaxed`.
 */
export const matchRelaxedEntities: Match = (gold, predicted) => {
  const goldItems = indexBy(gold.entities.map(entityItem), (item) => spanKey(item.head));
  const predictedItems = new Map<string, Item>();
  const correct = new Set<string>();
  const inOrder = [...predicted.entities].sort((a, b) => (typedSpanKey(a) < typedSpanKey(b) ? -1 : 1));
  for (const entity of inOrder) {
    const nearest = nearestEntity(gold.entities, entity);
    const key = spanKey(nearest ?? entity);
    if (!predictedItems.has(key)) predictedItems.set(key, entityItem({ ...(nearest ?? entity), type: entity.type }));
  }
  for (const [key, { head }] of goldItems) {
    const found = predicted.entities.some((entity) => entity.type === head.type && sharedLength(entity, head) > 0);
    if (found && predictedItems.has(key)) correct.add(key);
  }
  return { gold: goldItems, predicted: predictedItems, correct };
};

/**
 * Strict matching as in the released code of Sun et al. 2018, which reads gold back from flat tags.
 * A gold relation is excluded if its arguments overlap or if one of them lost its tags to a longer
 * (or equally long, earlier) entity. Predictions of excluded relations are excluded too, so a
 * system that can find them is not penalised.
 */
export const matchMrtCode: Match = (gold, predicted) => {
  const lost = new Set(overlappingEntities(gold.entities).map((index) => gold.entities[index]));
  const counted = new Map<string, Item>();
  const setAside = new Set<string>();
  for (const [key, item] of indexBy(relationItems(gold), strictKey)) {
    if (lost.has(item.head) || lost.has(item.tail) || sharedLength(item.head, item.tail) > 0) setAside.add(key);
    else counted.set(key, item);
  }
  const found = relationItems(predicted).filter((item) => !setAside.has(strictKey(item)));
  return intersect(counted, indexBy(found, strictKey));
};

/**
 * Raw cells against gold cells. With `wholeEntities`, the tags of both gold entities must also be
 * predicted exactly, while every predicted cell stays in the denominator of precision.
 *
 * The scorer of RIN's released code (Sun et al. 2020, "partial" and "exact match"). Gold cells are
 * derived from the gold relations, one for each anchor pair and type. The required tags of a gold
 * entity are its own BIOES tags, or its slice of `gold.tags` if the caller supplies the flat
 * sequence that the model was trained on.
 *
 * @throws {DataError} FIELD_MISSING when the prediction lacks cells, or lacks tags that are needed
 */
export function matchCells(anchor: Anchor, wholeEntities: boolean): Match {
  return (gold, predicted, tokens) => {
    const tags = wholeEntities ? required(predicted.tags, "tags") : [];
    const goldTags = gold.tags ?? flatTags(gold.entities, tokens.length);
    if (wholeEntities) checkTagCount(tags, tokens);
    const goldItems = new Map<string, Item>();
    const found = new Set<string>();
    for (const item of relationItems(gold)) {
      const key = cellKey(anchorOf(item.head, anchor), anchorOf(item.tail, anchor), item.type);
      if (!goldItems.has(key)) goldItems.set(key, item);
      const sliceIsRight = (entity: Entity) =>
        goldTags.slice(entity.start, entity.end).every((tag, at) => tags[entity.start + at] === tag);
      if (!wholeEntities || (sliceIsRight(item.head) && sliceIsRight(item.tail))) found.add(key);
    }
    const predictedItems = indexBy(required(predicted.cells, "cells").map(cellItem), (item) =>
      cellKey(item.head.start, item.tail.start, item.type),
    );
    const correct = new Set([...predictedItems.keys()].filter((key) => found.has(key)));
    return { gold: goldItems, predicted: predictedItems, correct };
  };
}

/** What a protocol looks at that wants the right relation type, spans and entity types. */
export function strictKey(item: Item & { tail: Entity }): string {
  return joinKey(typedSpanKey(item.head), typedSpanKey(item.tail), item.type);
}

/** The name of an entity's type in breakdowns; untyped data has one class. */
export function typeName(entity: Entity): string {
  return entity.type ?? "untyped";
}

/** The triple of strings, joined by a character that no token contains. */
export function surfaceTriple(tokens: readonly string[], item: { head: Entity; tail: Entity; type: string }): string {
  return joinKey(surface(tokens, item.head), item.type, surface(tokens, item.tail));
}

/** The relations of an annotation with their two entities. */
export function relationItems(annotation: Annotation): (Item & { tail: Entity })[] {
  return annotation.relations.map((relation) => ({ type: relation.type, ...relationEnds(annotation, relation) }));
}

function entityItem(entity: Entity): Item {
  return { type: typeName(entity), head: entity };
}

function cellItem(cell: Cell): Item & { tail: Entity } {
  const word = (at: number): Entity => ({ start: at, end: at + 1, type: null });
  return { type: cell.type, head: word(cell.head), tail: word(cell.tail) };
}

function cellKey(head: number, tail: number, type: string): string {
  return joinKey(head, tail, type);
}

function intersect(
  gold: ReadonlyMap<string, Item>,
  predicted: ReadonlyMap<string, Item>,
  accept: (goldItem: Item) => boolean = () => true,
): Matching {
  const correct = new Set<string>();
  for (const [key, item] of gold) if (predicted.has(key) && accept(item)) correct.add(key);
  return { gold, predicted, correct };
}

function indexBy<T extends Item>(items: readonly T[], keyOf: (item: T) => string): Map<string, T> {
  const index = new Map<string, T>();
  for (const item of items) {
    const key = keyOf(item);
    if (!index.has(key)) index.set(key, item);
  }
  return index;
}

/** The gold entity with the largest overlap; ties go to the same type, then to the earliest. */
function nearestEntity(entities: readonly Entity[], argument: Entity): Entity | undefined {
  let best: Entity | undefined;
  let bestRank: readonly number[] = [0, 0, 0];
  for (const entity of entities) {
    const shared = sharedLength(entity, argument);
    if (shared === 0) continue;
    const union = entity.end - entity.start + (argument.end - argument.start) - shared;
    const rank = [shared / union, entity.type === argument.type ? 1 : 0, -entity.start];
    if (best === undefined || isGreater(rank, bestRank)) [best, bestRank] = [entity, rank];
  }
  return best;
}

function isGreater(left: readonly number[], right: readonly number[]): boolean {
  const at = left.findIndex((value, index) => value !== right[index]);
  return at >= 0 && (left[at] ?? 0) > (right[at] ?? 0);
}

function required<T>(value: readonly T[] | undefined, field: "cells" | "tags"): readonly T[] {
  if (value !== undefined) return value;
  throw new DataError("FIELD_MISSING", {
    at: { path: field },
    message: `this protocol scores raw model output, and the prediction has no ${field}`,
    hint: "score decoded triples with `partial` or `exact`, or derive cells from relations with `withRawOutput`",
  });
}

function checkTagCount(tags: readonly string[], tokens: readonly string[]): void {
  if (tags.length === tokens.length) return;
  throw new DataError("FIELD_INVALID", {
    at: { path: "tags" },
    message: `there are ${tags.length} tags for ${tokens.length} tokens`,
  });
}
