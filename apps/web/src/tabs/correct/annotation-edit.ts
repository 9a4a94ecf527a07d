import type { Entity, Relation, Span } from "@weft-nlp/core";
import type { PartName } from "../../weft-arcs/drawing-parts.ts";

/** What people say about a sentence besides its annotation. */
interface Note {
  readonly comment?: string | undefined;
  readonly flagged?: boolean | undefined;
  readonly skipped?: boolean | undefined;
  /** Who saved it last. */
  readonly annotator?: string | undefined;
}

/** The annotation of a sentence. A part with a confidence is still a suggestion. */
export interface Annotated {
  readonly entities: readonly Entity[];
  readonly relations: readonly Relation[];
  readonly done: boolean;
  readonly note?: Note | undefined;
}

/** A part of an annotation, by index. */
export type Part = { readonly kind: "entity" | "relation"; readonly index: number };

export function partOf(name: PartName): Part {
  const [kind, index] = name.split(":");
  return { kind: kind as Part["kind"], index: Number(index) };
}

/**
 * Every edit of a valid annotation is valid: spans are non-empty and inside the sentence, ends of
 * relations exist, and there are no duplicates. An edit without effect returns the same object.
 */
export const edits = { mark, resize, relate, accept, remove, retype, refit, finish, reopen, noted };

/**
 * Adds an entity. If an entity with the same span exists, it gets the type and counts as accepted.
 */
function mark(before: Annotated, { start, end }: Span, type: string | null, tokens: number): Annotated {
  if (!(Number.isInteger(start) && Number.isInteger(end)) || start < 0 || end > tokens || end <= start || type === "")
    return before;
  const known = before.entities.findIndex((entity) => entity.start === start && entity.end === end);
  if (known !== -1) return retype(before, { kind: "entity", index: known }, type ?? "");
  return { ...before, entities: [...before.entities, { start, end, type }] };
}

/**
 * Gives an entity other words, and accepts it. Suggestions that the new words cover are removed;
 * relations stay. If another entity already has the words and the type, nothing changes.
 */
function resize(before: Annotated, index: number, { start, end }: Span, tokens: number): Annotated {
  const old = before.entities[index];
  if (old === undefined || !(Number.isInteger(start) && Number.isInteger(end)) || start < 0 || end > tokens || end <= start)
    return before;
  if (old.start === start && old.end === end) return accept(before, { kind: "entity", index });
  if (before.entities.some((each) => each.start === start && each.end === end && each.type === old.type)) return before;
  const moved = before.entities.map((each, place) => (place === index ? { ...own(each), start, end } : each));
  const covered = before.entities.flatMap((each, place) =>
    place !== index && each.confidence !== undefined && each.start >= start && each.end <= end ? [place] : [],
  );
  const first: Annotated = { ...before, entities: moved };
  return covered.reduceRight((now, place) => remove(now, { kind: "entity", index: place }), first);
}

/** Changes the note; a field that is undefined is removed. */
function noted(before: Annotated, change: Note): Annotated {
  const merged = { ...before.note, ...change };
  const note = Object.fromEntries(
    Object.entries(merged).filter(([, value]) => value !== undefined && value !== false && value !== ""),
  );
  return JSON.stringify(note) === JSON.stringify(before.note ?? {}) ? before : { ...before, note };
}

/** Adds a relation between two entities, and accepts both. */
function relate(before: Annotated, head: number, tail: number, type: string): Annotated {
  if (head === tail || type === "" || before.entities[head] === undefined || before.entities[tail] === undefined) return before;
  const known = before.relations.findIndex((each) => each.head === head && each.tail === tail && each.type === type);
  if (known !== -1) return accept(before, { kind: "relation", index: known });
  return withEnds({ ...before, relations: [...before.relations, { head, tail, type }] }, [head, tail]);
}

/** Accepts a suggestion; a relation's ends are accepted too. */
function accept(before: Annotated, { kind, index }: Part): Annotated {
  if (kind === "entity") return withEnds(before, [index]);
  const relation = before.relations[index];
  if (relation === undefined) return before;
  const relations = before.relations.map((each) => (each === relation ? own(each) : each));
  const next = relation.confidence === undefined ? before : { ...before, relations };
  return withEnds(next, [relation.head, relation.tail]);
}

/** Removes a part; an entity's relations are removed too. */
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
 * Changes the type of a part and accepts it. If that makes a duplicate, one of the two is removed.
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

/**
 * Gives suggested relations of an entity other types, after its own type changed. They stay
 * suggestions; what a person accepted stays as it is.
 *
 * @param typeFor the type for a relation in this annotation; its own type to keep it
 */
function refit(before: Annotated, entity: number, typeFor: (relation: Relation) => string): Annotated {
  const seen = new Set<string>();
  const relations = before.relations
    .map((each) => {
      const type = each.confidence === undefined || (each.head !== entity && each.tail !== entity) ? each.type : typeFor(each);
      return type === each.type || type === "" ? each : { ...each, type };
    })
    .filter(({ head, tail, type }) => {
      const key = `${head} ${tail} ${type}`;
      return !seen.has(key) && seen.add(key) !== undefined;
    });
  const same = relations.length === before.relations.length && relations.every((each, place) => each === before.relations[place]);
  return same ? before : { ...before, relations };
}

/** Accepts all remaining suggestions but the lesser of two for the same pair. */
function finish(before: Annotated): Annotated {
  if (before.done && suggestionsOf(before).length === 0) return before;
  const { skipped: _, ...note } = before.note ?? {};
  const lesser = lesserRelations(before);
  return {
    ...before,
    entities: before.entities.map(own),
    relations: before.relations.filter((_, index) => !lesser.has(index)).map(own),
    done: true,
    ...(before.note === undefined ? {} : { note }),
  };
}

function reopen(before: Annotated): Annotated {
  return before.done ? { ...before, done: false } : before;
}

/**
 * The suggested relations, by index, that are less likely than not and whose pair has a likelier
 * relation, or one that a person chose: a model's second thoughts.
 */
export function lesserRelations({ relations }: Annotated): ReadonlySet<number> {
  const best = new Map<string, number>();
  for (const { head, tail, confidence = 1 } of relations) {
    const pair = `${head} ${tail}`;
    best.set(pair, Math.max(best.get(pair) ?? 0, confidence));
  }
  return new Set(
    relations.flatMap(({ head, tail, confidence = 1 }, index) =>
      confidence < 0.5 && confidence < (best.get(`${head} ${tail}`) ?? 0) ? [index] : [],
    ),
  );
}

/**
 * All open suggestions, the least certain first, so that doubtful ones are met at once; those that
 * `finish` drops come last.
 */
export function byDoubt(annotated: Annotated): PartName[] {
  const { entities, relations } = annotated;
  const lesser = lesserRelations(annotated);
  const sure = (name: PartName): number => {
    const { kind, index } = partOf(name);
    if (kind === "relation" && lesser.has(index)) return 2;
    return (kind === "entity" ? entities : relations)[index]?.confidence ?? 1;
  };
  return suggestionsOf(annotated).sort((a, b) => sure(a) - sure(b));
}

/** All open suggestions, entities first. */
export function suggestionsOf({ entities, relations }: Annotated): PartName[] {
  return [
    ...entities.flatMap(({ confidence }, index): PartName[] => (confidence === undefined ? [] : [`entity:${index}`])),
    ...relations.flatMap(({ confidence }, index): PartName[] => (confidence === undefined ? [] : [`relation:${index}`])),
  ];
}

/** Whether two annotations are equal, including their order; who saved them does not count. */
export function sameAnnotation(a: Annotated, b: Annotated): boolean {
  const plain = ({ entities, relations, done, note = {} }: Annotated): string =>
    JSON.stringify([
      entities.map(({ start, end, type, confidence }) => [start, end, type, confidence]),
      relations.map(({ head, tail, type, confidence }) => [head, tail, type, confidence]),
      done,
      [note.comment, note.flagged, note.skipped],
    ]);
  return plain(a) === plain(b);
}

/** Past, present and undone states. */
export interface History {
  readonly past: readonly Annotated[];
  readonly present: Annotated;
  readonly future: readonly Annotated[];
}

/** Max undo steps of a sentence. */
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
