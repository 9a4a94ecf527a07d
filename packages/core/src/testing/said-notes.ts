import { type Document, notesOf, surface } from "../schema/index.ts";

/** The notes of a document, each with the words that it is about: these stay if numbers change. */
export function saidNotes(document: Document): string[] {
  const { tokens, entities, relations } = document;
  const words = tokens.map(({ text }) => text);
  const wordsOf = (entity: number | undefined): string => surface(words, entities[entity ?? -1] ?? { start: 0, end: 0 });
  return notesOf(document).map(({ text, entity, relation }) => {
    const { head, tail, type } = relations[relation ?? -1] ?? {};
    return `${text}: ${type === undefined ? wordsOf(entity) : `${wordsOf(head)} ${type} ${wordsOf(tail)}`}`;
  });
}
