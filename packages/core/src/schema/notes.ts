import type { Annotation, Document, Entity, Relation } from "./document.ts";
import { joinKey, spanKey, typedSpanKey } from "./span-keys.ts";

/** A remark of a person on a document, or on one of its entities or relations, by index. */
export interface Note {
  readonly text: string;
  readonly entity?: number | undefined;
  readonly relation?: number | undefined;
}

/** The field of a document's metadata that holds its notes. */
const field = "notes";

/** The notes of a document; none if the field holds something else. */
export function notesOf({
  metadata,
  entities,
  relations,
}: Pick<Document, "metadata" | "entities" | "relations">): readonly Note[] {
  const given = metadata[field];
  return Array.isArray(given) && given.every((note) => isNote(note, entities.length, relations.length)) ? (given as Note[]) : [];
}

/** The document with these notes in place of its own. A field that holds something else stays. */
export function withNotes(document: Document, notes: readonly Note[]): Document {
  if (notes.length === 0 && notesOf(document).length === 0) return document;
  const { [field]: _, ...metadata } = document.metadata;
  return { ...document, metadata: notes.length === 0 ? metadata : { ...metadata, [field]: notes } };
}

/** The index that each entity and relation has in another annotation; undefined if it is gone. */
export interface NewPlaces {
  readonly entities: readonly (number | undefined)[];
  readonly relations: readonly (number | undefined)[];
}

/**
 * A note with the numbers of another annotation. If its relation is gone, it is about the head. If
 * that or its entity is gone, it is about the whole: what a person wrote is never dropped.
 *
 * @param relations those that the note counts in
 */
export function movedNote({ text, entity, relation }: Note, relations: readonly Relation[], places: NewPlaces): Note {
  const newRelation = places.relations[relation ?? -1];
  // The number of a relation says what it is about; its head is one only if the relation is gone.
  const about = newRelation === undefined ? subjectOf({ text, entity, relation }, relations) : entity;
  const newEntity = places.entities[about ?? -1];
  return {
    text,
    ...(newEntity === undefined ? {} : { entity: newEntity }),
    ...(newRelation === undefined ? {} : { relation: newRelation }),
  };
}

/** A changed document with the notes of the given one, whose annotation went to these places. */
export function withMovedNotes(changed: Document, given: Document, places: NewPlaces): Document {
  const notes = notesOf(given);
  if (notes.length === 0) return changed;
  return withNotes(
    changed,
    notes.map((note) => movedNote(note, given.relations, places)),
  );
}

/** The entity that a note is about, or the head of its relation. */
export function subjectOf({ entity, relation }: Note, relations: readonly Relation[]): number | undefined {
  return entity ?? relations[relation ?? -1]?.head;
}

/**
 * The document with another annotation of the same tokens, in which its notes count. An entity is
 * still the same if its span and type are, or else its span; a relation, if its type and the spans
 * of its ends are. See `movedNote` for notes on what is gone.
 */
export function withAnnotation(document: Document, { entities, relations }: Annotation): Document {
  const changed = { ...document, entities, relations };
  if (notesOf(document).length === 0) return changed;
  const [typed, spans, links] = [new Map<string, number>(), new Map<string, number>(), new Map<string, number>()];
  const keep = (index: Map<string, number>, key: string, place: number): void => {
    if (!index.has(key)) index.set(key, place);
  };
  for (const [place, entity] of entities.entries()) {
    keep(typed, typedSpanKey(entity), place);
    keep(spans, spanKey(entity), place);
  }
  for (const [place, relation] of relations.entries()) keep(links, linkKey(relation, entities), place);
  const places: NewPlaces = {
    entities: document.entities.map((entity) => typed.get(typedSpanKey(entity)) ?? spans.get(spanKey(entity))),
    relations: document.relations.map((relation) => links.get(linkKey(relation, document.entities))),
  };
  return withMovedNotes(changed, document, places);
}

function linkKey({ head, tail, type }: Relation, entities: readonly Entity[]): string {
  return joinKey(...[head, tail].map((end) => spanKey(entities[end] as Entity)), type);
}

function isNote(value: unknown, entities: number, relations: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { text, entity, relation, ...others } = value as Record<string, unknown>;
  return (
    typeof text === "string" && isIndex(entity, entities) && isIndex(relation, relations) && Object.keys(others).length === 0
  );
}

function isIndex(value: unknown, count: number): boolean {
  return value === undefined || (Number.isInteger(value) && (value as number) >= 0 && (value as number) < count);
}
