import { charSpan, type Document, type Entity, type Span } from "./document.ts";

/** An argument of a triple, in readable form. */
export interface TripleEnd {
  /** The words in the text, with each run of white space as one space. */
  readonly text: string;
  readonly type: string | null;
  /** Half-open UTF-16 units of the document's text. */
  readonly chars: Span;
}

/** A relation with both arguments written out. */
export interface Triple {
  readonly head: TripleEnd;
  readonly relation: string;
  readonly tail: TripleEnd;
  /** Between 0 and 1; 1 for human annotation. */
  readonly confidence: number;
}

/** The relations of a document as triples, in the same order. */
export function triplesOf(document: Document): Triple[] {
  const end = (index: number): TripleEnd => {
    const entity = document.entities[index] as Entity;
    const chars = charSpan(document, entity);
    return { text: document.text.slice(chars.start, chars.end).replace(/\s+/g, " "), type: entity.type, chars };
  };
  return document.relations.map(({ head, tail, type, confidence = 1 }) => ({
    head: end(head),
    relation: type,
    tail: end(tail),
    confidence,
  }));
}
