import { type Annotation, type Document, documentFromSentence } from "@weft-nlp/core";

const drawn = new WeakMap<Annotation, Document>();

/**
 * Combines tokens and an annotation into a document to draw. Cached, so nothing is redrawn without
 * need.
 */
export function drawnAnnotation(id: string, tokens: readonly string[], annotation: Annotation): Document {
  const known = drawn.get(annotation);
  if (known !== undefined) return known;
  const { entities, relations } = annotation;
  const document = documentFromSentence({ id, tokens, entities, relations });
  drawn.set(annotation, document);
  return document;
}

/** All entity types of several annotations, so a type has the same colour in all of them. */
export function typesOf(annotations: readonly Annotation[]): string[] {
  return [...new Set(annotations.flatMap(({ entities }) => entities.flatMap(({ type }) => type ?? [])))].sort();
}
