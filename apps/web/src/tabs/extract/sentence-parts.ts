import { type Document, type Span, sentenceDocuments } from "@weft-nlp/core";
import type { Drawable } from "@weft-nlp/draw";

/** A sentence of a document, or a piece of a long one, as a separate drawing. */
export interface SentencePart extends Drawable {
  /** Its index among the parts of the document, from 0. */
  readonly index: number;
}

/** Max tokens of a part: more would keep the page from anything else while it draws. */
const maxTokens = 2000;

/**
 * Splits a document into sentences, each with its text, tokens, entities and relations, and offsets
 * from its own start. A sentence of more than 2,000 tokens is cut into pieces, where no annotation
 * crosses the cut if there is such a place. Annotations that cross the end of a part are dropped.
 */
export function sentenceParts(document: Document): SentencePart[] {
  return sentenceDocuments({ ...document, sentences: shortSpans(document), metadata: {} }).map(
    ({ text, tokens, entities, relations }, index) => ({ index, text, tokens, entities, relations }),
  );
}

/** The sentences, with long ones in pieces. */
function shortSpans(document: Document): readonly Span[] {
  const { sentences } = document;
  if (sentences.every(({ start, end }) => end - start <= maxTokens)) return sentences;
  const crossed = crossings(document);
  return sentences.flatMap(({ start, end }) => {
    const pieces: Span[] = [];
    for (let from = start; from < end; ) {
      const to = end - from <= maxTokens ? end : quietCut(crossed, from);
      pieces.push({ start: from, end: to });
      from = to;
    }
    return pieces;
  });
}

/** The last place in the second half of a piece where no annotation is cut, or else its end. */
function quietCut(crossed: Int32Array, from: number): number {
  for (let cut = from + maxTokens; cut > from + maxTokens / 2; cut--) if (crossed[cut] === 0) return cut;
  return from + maxTokens;
}

/** How many entities and relations a cut before each token would cross. */
function crossings({ tokens, entities, relations }: Document): Int32Array {
  const crossed = new Int32Array(tokens.length + 1);
  const cover = (start: number, end: number): void => {
    crossed[start + 1] = (crossed[start + 1] ?? 0) + 1;
    crossed[end] = (crossed[end] ?? 0) - 1;
  };
  for (const { start, end } of entities) cover(start, end);
  for (const relation of relations) {
    const [head, tail] = [entities[relation.head], entities[relation.tail]];
    if (head !== undefined && tail !== undefined) cover(Math.min(head.start, tail.start), Math.max(head.end, tail.end));
  }
  for (let token = 1; token <= tokens.length; token++) crossed[token] = (crossed[token] ?? 0) + (crossed[token - 1] ?? 0);
  return crossed;
}
