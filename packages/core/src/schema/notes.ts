import type { Document } from "./document.ts";

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

/** The document with these notes in place of its own. */
export function withNotes(document: Document, notes: readonly Note[]): Document {
  const { [field]: _, ...metadata } = document.metadata;
  return { ...document, metadata: notes.length === 0 ? metadata : { ...metadata, [field]: notes } };
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
