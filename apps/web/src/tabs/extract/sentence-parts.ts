import type { Document, Entity, Relation } from "@weft-nlp/core";
import type { Drawable } from "@weft-nlp/draw";

/** A sentence of a document as a separate drawing. */
export interface SentencePart extends Drawable {
  /** Its index in the document, from 0. */
  readonly index: number;
}

/**
 * Splits a document into sentences, each with its text, tokens, entities and relations, and offsets
 * from its own start.
 *
 * One pass over the document, since a text may have thousands of sentences. Annotations that cross
 * the end of a sentence are dropped.
 */
export function sentenceParts(document: Document): SentencePart[] {
  const { text, tokens, sentences } = document;
  const sentenceOfToken: number[] = [];
  for (const [index, { start, end }] of sentences.entries())
    for (let token = start; token < end; token++) sentenceOfToken[token] = index;
  const parts = sentences.map(({ start, end }, index) => {
    const from = tokens[start]?.start ?? 0;
    const entities: Entity[] = [];
    const relations: Relation[] = [];
    return {
      index,
      text: text.slice(from, tokens[end - 1]?.end ?? from),
      tokens: tokens.slice(start, end).map((token) => ({ ...token, start: token.start - from, end: token.end - from })),
      entities,
      relations,
    };
  });
  const places: ({ part: number; entity: number } | undefined)[] = document.entities.map((entity) => {
    const index = sentenceOfToken[entity.start] ?? -1;
    const [sentence, part] = [sentences[index], parts[index]];
    if (sentence === undefined || part === undefined || entity.end > sentence.end) return undefined;
    const own = { ...entity, start: entity.start - sentence.start, end: entity.end - sentence.start };
    return { part: index, entity: part.entities.push(own) - 1 };
  });
  for (const relation of document.relations) {
    const [head, tail] = [places[relation.head], places[relation.tail]];
    if (head === undefined || tail === undefined || head.part !== tail.part) continue;
    parts[head.part]?.relations.push({ ...relation, head: head.entity, tail: tail.entity });
  }
  return parts;
}
