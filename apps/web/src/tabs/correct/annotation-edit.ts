import type { Entity, Relation, Span } from "@weft-nlp/core";
import type { PartName } from "../../weft-arcs/drawing-parts.ts";

/** What a person says of a sentence. What has a confidence is still a model's suggestion. */
export interface Annotated {
  readonly entities: readonly Entity[];
  readonly relations: readonly Relation[];
  readonly done: boolean;
}

/** A part of an annotation that somebody points at. */
export type Part = { readonly kind: "entity" | "relation"; readonly index: number };

export function partOf(name: PartName): Part {
  const [kind, index] = name.split(":");
  return { kind: kind as Part["kind"], index: Number(index) };
}

/**
 * Every edit gives an annotation that is valid where the one before was: spans hold a word and lie
 * inside, ends of relations exist, nothing stands there twice. An edit that would change nothing
 * gives the same object back.
 */
export const edits = { mark, relate, accept, remove, retype, finish, reopen };

/**
 * An entity over some words; where exactly these words are one already, it gets the type and counts
 * as accepted.
 */
function mark(before: Annotated, { start, end }: Span, type: string | null, tokens: number): Annotated {
  if (!(Number.isInteger(start) && Number.isInteger(end)) || start < 0 || end > tokens || end <= start || type === "")
    return before;
  const known = before.entities.findIndex((entity) => entity.start === start && entity.end === end);
  if (known !== -1) return retype(before, { kind: "entity", index: known }, type ?? "");
  return { ...before, entities: [...before.entities, { start, end, type }] };
}

/** A relation from one entity to another; both count as accepted then. */
function relate(before: Annotated, head: number, tail: number, type: string): Annotated {
  if (head === tail || type === "" || before.entities[head] === undefined || before.entities[tail] === undefined) return before;
  const known = before.relations.findIndex((each) => each.head === head && each.tail === tail && each.type === type);
  if (known !== -1) return accept(before, { kind: "relation", index: known });
  return withEnds({ ...before, relations: [...before.relations, { head, tail, type }] }, [head, tail]);
}

/** A suggestion becomes what a person says. A relation takes its ends along. */
function accept(before: Annotated, { kind, index }: Part): Annotated {
  if (kind === "entity") return withEnds(before, [index]);
  const relation = before.relations[index];
  if (relation === undefined) return before;
  const relations = before.relations.map((each) => (each === relation ? own(each) : each));
  const next = relation.confidence === undefined ? before : { ...before, relations };
  return withEnds(next, [relation.head, relation.tail]);
}

/** Takes a part away, whoever put it there. An entity takes its relations along. */
function remove(before: Annotated, { kind, index }: Part): Annotated {
  if (kind === "relation") {
    if (before.relations[index] === undefined) return before;
    return { ...before, relations: before.relations.filter((_, place) => place !== index) };
  }
  if (before.entities[index] === undefined) return before;
  const moved = (end: number): number => (end > index ? end - 1 : end);
  return {
    ...before,
    entities: before.entities.filter((_, place) => place !== index),
    relations: before.relations
      .filter(({ head, tail }) => head !== index && tail !== index)
      .map((each) => ({ ...each, head: moved(each.head), tail: moved(each.tail) })),
  };
}

/**
 * Another type for a part, which counts as accepted then. Where that would stand there twice, one
 * of the two is left.
 */
function retype(before: Annotated, part: Part, type: string): Annotated {
  const { kind, index } = part;
  const old = kind === "entity" ? before.entities[index] : before.relations[index];
  if (old === undefined || (type === "" && (kind === "relation" || old.type === null))) return before;
  if (old.type === type) return accept(before, part);
  if (type === "") return before;
  if (kind === "entity") {
    const twin = before.entities.findIndex(
      (each, place) =>
        place !== index && each.start === (old as Entity).start && each.end === (old as Entity).end && each.type === type,
    );
    if (twin !== -1) return remove(withEnds(before, [twin]), part);
    const entities = before.entities.map((each, place) => (place === index ? { ...own(each), type } : each));
    return { ...before, entities };
  }
  const { head, tail } = old as Relation;
  const twin = before.relations.findIndex((each) => each.head === head && each.tail === tail && each.type === type);
  if (twin !== -1) return remove(accept(before, { kind, index: twin }), part);
  const relations = before.relations.map((each, place) => (place === index ? { ...own(each), type } : each));
  return withEnds({ ...before, relations }, [head, tail]);
}

/** Everything that is left is right. */
function finish(before: Annotated): Annotated {
  if (before.done && suggestionsOf(before).length === 0) return before;
  return { entities: before.entities.map(own), relations: before.relations.map(own), done: true };
}

function reopen(before: Annotated): Annotated {
  return before.done ? { ...before, done: false } : before;
}

/** What nobody has accepted yet, entities first. */
export function suggestionsOf({ entities, relations }: Annotated): PartName[] {
  return [
    ...entities.flatMap(({ confidence }, index): PartName[] => (confidence === undefined ? [] : [`entity:${index}`])),
    ...relations.flatMap(({ confidence }, index): PartName[] => (confidence === undefined ? [] : [`relation:${index}`])),
  ];
}

/** Whether two say the same, in the same order. */
export function sameAnnotation(a: Annotated, b: Annotated): boolean {
  const plain = ({ entities, relations, done }: Annotated): string =>
    JSON.stringify([
      entities.map(({ start, end, type, confidence }) => [start, end, type, confidence]),
      relations.map(({ head, tail, type, confidence }) => [head, tail, type, confidence]),
      done,
    ]);
  return plain(a) === plain(b);
}

/** What was, is, and was undone. */
export interface History {
  readonly past: readonly Annotated[];
  readonly present: Annotated;
  readonly future: readonly Annotated[];
}

/** Steps back that are kept for a sentence. */
const maxSteps = 200;

export const history = {
  begin: (present: Annotated): History => ({ past: [], present, future: [] }),
  record: (before: History, next: Annotated): History =>
    next === before.present ? before : { past: [...before.past, before.present].slice(-maxSteps), present: next, future: [] },
  undo: (before: History): History => {
    const last = before.past.at(-1);
    if (last === undefined) return before;
    return { past: before.past.slice(0, -1), present: last, future: [before.present, ...before.future] };
  },
  redo: (before: History): History => {
    const [next, ...future] = before.future;
    return next === undefined ? before : { past: [...before.past, before.present], present: next, future };
  },
};

function withEnds(before: Annotated, ends: readonly number[]): Annotated {
  if (!ends.some((end) => before.entities[end]?.confidence !== undefined)) return before;
  return { ...before, entities: before.entities.map((each, index) => (ends.includes(index) ? own(each) : each)) };
}

function own<Item extends Entity | Relation>(item: Item): Item {
  if (item.confidence === undefined) return item;
  const { confidence: _, ...rest } = item;
  return rest as Item;
}
