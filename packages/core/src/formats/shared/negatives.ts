import { type Document, withAnnotation } from "../../schema/index.ts";
import type { ReadEvent } from "../format.ts";

/** The document without the relations of some types; its entities stay. */
export function withoutRelations(document: Document, types: ReadonlySet<string>): Document {
  if (!document.relations.some(({ type }) => types.has(type))) return document;
  const { entities, relations } = document;
  return withAnnotation(document, { entities, relations: relations.filter(({ type }) => !types.has(type)) });
}

/**
 * Takes the relations whose type means "no relation" out of what a reader yields, for formats that
 * do not define such types themselves.
 *
 * @param negatives see `ReadOptions`
 */
export async function* withoutNegatives(
  events: AsyncIterable<ReadEvent>,
  negatives: readonly string[] | undefined,
): AsyncGenerator<ReadEvent> {
  const types = new Set(negatives);
  for await (const event of events) {
    yield event.kind === "document" ? { ...event, document: withoutRelations(event.document, types) } : event;
  }
}
