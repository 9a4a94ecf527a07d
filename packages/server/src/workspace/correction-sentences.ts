import type { SentenceEdit } from "@weft-nlp/api";
import { type Document, type Entity, notesOf, type Relation, roundConfidence, type Token, withNotes } from "@weft-nlp/core";

/** A new sentence of a project, with its suggestions. */
export interface NewSentence {
  readonly document: Document;
  readonly uncertainty: number;
  /** Holds the notes of the document on this sentence as a comment. */
  readonly note?: SentenceEdit["note"];
}

/**
 * Splits documents into sentences.
 *
 * @param pause awaited after each document, as there may be very many
 */
export async function newSentences(documents: readonly Document[], pause: () => Promise<void>): Promise<NewSentence[]> {
  const sentences: NewSentence[] = [];
  for (const document of documents) {
    for (const sentence of correctionSentences(document)) {
      const { comment, ...rest } = sentence;
      sentences.push({
        document: rest,
        uncertainty: uncertaintyOf(rest),
        ...(comment === "" ? {} : { note: { comment } }),
      });
    }
    await pause();
  }
  return sentences;
}

/**
 * Splits a document into one document per sentence, with text and offsets starting at 0.
 * `metadata.doc` names the original, which keeps its sentences together in splits. Annotations that
 * cross the end of a sentence are dropped. Notes go to the sentence of what they are about, those
 * on the whole document to the first.
 */
function correctionSentences(document: Document): (Document & { readonly comment: string })[] {
  const { tokens, sentences, text } = document;
  const parts = sentences.map(() => ({ entities: [] as Entity[], relations: [] as Relation[] }));
  const sentenceOf: number[] = [];
  for (const [index, { start, end }] of sentences.entries())
    for (let token = start; token < end; token++) sentenceOf[token] = index;
  const places = document.entities.map((entity) => {
    const index = sentenceOf[entity.start] ?? -1;
    const [span, part] = [sentences[index], parts[index]];
    if (span === undefined || part === undefined || entity.end > span.end) return undefined;
    return {
      index,
      place: part.entities.push({ ...entity, start: entity.start - span.start, end: entity.end - span.start }) - 1,
    };
  });
  for (const relation of document.relations) {
    const [head, tail] = [places[relation.head], places[relation.tail]];
    if (head === undefined || tail === undefined || head.index !== tail.index) continue;
    parts[head.index]?.relations.push({ ...relation, head: head.place, tail: tail.place });
  }
  const comments = sentences.map((): string[] => []);
  for (const { text: words, entity, relation } of notesOf(document)) {
    const about = entity ?? document.relations[relation ?? -1]?.head;
    comments[sentenceOf[document.entities[about ?? -1]?.start ?? -1] ?? 0]?.push(words);
  }
  const { metadata } = notesOf(document).length === 0 ? document : withNotes(document, []);
  const group = typeof document.metadata["doc"] === "string" ? document.metadata["doc"] : document.id;
  return sentences.map(({ start, end }, index) => {
    const from = tokens[start]?.start ?? 0;
    const own: Token[] = tokens
      .slice(start, end)
      .map((token) => ({ ...token, start: token.start - from, end: token.end - from }));
    return {
      id: sentences.length === 1 ? document.id : `${document.id}#${index}`,
      text: text.slice(from, tokens[end - 1]?.end ?? from),
      tokens: own,
      sentences: [{ start: 0, end: own.length }],
      ...(document.pos === undefined ? {} : { pos: document.pos.slice(start, end) }),
      ...(parts[index] ?? { entities: [], relations: [] }),
      metadata: { ...metadata, doc: group },
      // As long as a comment may be.
      comment: (comments[index] ?? []).join("\n").slice(0, 2000),
    };
  });
}

/** Combines a file's annotations, as accepted, with a model's additional ones, as suggestions. */
export function withSuggestions(given: Document, found: Document): Document {
  const entities: Entity[] = given.entities.map(accepted);
  const relations: Relation[] = given.relations.map(accepted);
  const place = found.entities.map((entity) => {
    const known = entities.findIndex((other) => sameEntity(entity, other));
    return known === -1 ? entities.push(entity) - 1 : known;
  });
  for (const relation of found.relations) {
    const [head, tail] = [place[relation.head], place[relation.tail]];
    if (head === undefined || tail === undefined) continue;
    const moved = { ...relation, head, tail };
    if (!relations.some((other) => sameRelation(moved, other))) relations.push(moved);
  }
  return { ...given, entities, relations };
}

/**
 * The uncertainty of the model's least certain annotation, 0 to 1; a probability of one half gives
 * 1.
 */
function uncertaintyOf({ entities, relations }: Pick<Document, "entities" | "relations">): number {
  const doubts = [...entities, ...relations].map(({ confidence = 1 }) => 1 - Math.abs(2 * confidence - 1));
  return roundConfidence(doubts.reduce((max, doubt) => Math.max(max, doubt), 0));
}

export function hasSuggestions({ entities, relations }: Pick<SentenceEdit, "entities" | "relations">): boolean {
  return [...entities, ...relations].some(({ confidence }) => confidence !== undefined);
}

function sameEntity(a: Entity, b: Entity): boolean {
  return a.start === b.start && a.end === b.end && a.type === b.type;
}

function sameRelation(a: Relation, b: Relation): boolean {
  return a.head === b.head && a.tail === b.tail && a.type === b.type;
}

/** Only suggestions have a confidence. */
function accepted<Part extends Entity | Relation>(part: Part): Part {
  const copy = { ...part };
  delete (copy as { confidence?: number | undefined }).confidence;
  return copy;
}
