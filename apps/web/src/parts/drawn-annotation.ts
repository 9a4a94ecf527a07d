import { type Annotation, type Document, documentFromSentence } from "@weft-nlp/core";

const drawn = new WeakMap<Annotation, Document>();

/**
 * Tokens with an annotation as a document to draw: the same one each time, so that a drawing is not
 * made again for nothing.
 */
export function drawnAnnotation(id: string, tokens: readonly string[], annotation: Annotation): Document {
  const known = drawn.get(annotation);
  if (known !== undefined) return known;
  const { entities, relations } = annotation;
  const document = documentFromSentence({ id, tokens, entities, relations });
  drawn.set(annotation, document);
  return document;
}

/** Every entity type of some annotations, so that a type has one colour in all of them. */
export function typesOf(annotations: readonly Annotation[]): string[] {
  return [...new Set(annotations.flatMap(({ entities }) => entities.flatMap(({ type }) => type ?? [])))].sort();
}
