import { DataError } from "../errors.ts";
import { type Annotation, type Entity, overlappingEntities, surface } from "../schema/index.ts";
import type { Counts } from "./counts.ts";
import { type Anchor, anchorOf, type Cell, flatTags, type Prediction, relationEnds, sharedLength } from "./prediction.ts";

/**
 * One thing that is counted: a relation, a cell or an entity. `type` is the class it counts for.
 */
export interface Item {
  readonly type: string;
  /** The first argument, or the entity itself. */
  readonly head: Entity;
  /** Absent for entities. */
  readonly tail?: Entity | undefined;
}

/**
 * Two sets of items of one sentence and the keys they agree on. A key is all that a protocol looks
 * at, so items that a protocol cannot tell apart are one item, on either side; the first of them
 * stands for the rest in breakdowns.
 */
export interface Matching {
  readonly gold: ReadonlyMap<string, Item>;
  readonly predicted: ReadonlyMap<string, Item>;
  readonly correct: ReadonlySet<string>;
}

export type Match = (gold: Prediction, predicted: Prediction, tokens: readonly string[]) => Matching;

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
 * Relations where the boundaries are given: a predicted argument stands for the gold entity it
 * shares most with, and a gold entity's type is right when it is among the types predicted for its
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
 * Entities where the boundaries are given: one decision a gold entity, right when its type is among
 * those predicted for its words. A predicted entity stands for the gold entity it shares most with;
 * one that touches none is wrong.
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
 * Strict matching as in the released code of Sun et al. 2018, where gold is read back from flat
 * tags: a relation leaves the gold count when its arguments overlap or when one of them lost its
 * tags to a longer (or equally long, earlier) entity. A prediction of such a relation is set aside
 * too, so that a system which can find it is not punished for it.
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
 * Raw cells against gold cells. With `wholeEntities`, a cell also needs the tags of both gold
 * entities to be predicted exactly, while every predicted cell stays in the denominator of
 * precision.
 *
 * The scorer of RIN's released code (Sun et al. 2020, "partial" and "exact match"). Gold cells are
 * made here from the gold relations, one for each anchor pair and type. The tags that a gold entity
 * must get are its own BIOES tags, or its slice of `gold.tags` where the caller gives the flat
 * sequence that the model was trained on.
 *
 * @throws {DataError} FIELD_MISSING when the prediction has no cells, or no tags although they are
 *   needed
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

export function spanKey(entity: Entity): string {
  return `${entity.start}:${entity.end}`;
}

export function typedSpanKey(entity: Entity): string {
  return `${spanKey(entity)}:${entity.type === null ? "" : `=${entity.type}`}`;
}

/** Joins the parts of a key with a character that no token or label holds. */
export function joinKey(...parts: readonly (string | number)[]): string {
  return parts.join("\u001f");
}

export function strictKey(item: Item & { tail: Entity }): string {
  return joinKey(typedSpanKey(item.head), typedSpanKey(item.tail), item.type);
}

/** What a breakdown calls an entity's type; untyped data has one class. */
export function typeName(entity: Entity): string {
  return entity.type ?? "untyped";
}

/** The triple of strings, joined by a character that no token holds. */
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

/**
 * The gold entity with the largest share in common; between equals the one of the same type, then
 * the earliest.
 */
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
    hint: "score decoded triples with `partial` or `exact`, or say that relations stand for cells with `withRawOutput`",
  });
}

function checkTagCount(tags: readonly string[], tokens: readonly string[]): void {
  if (tags.length === tokens.length) return;
  throw new DataError("FIELD_INVALID", {
    at: { path: "tags" },
    message: `there are ${tags.length} tags for ${tokens.length} tokens`,
  });
}
