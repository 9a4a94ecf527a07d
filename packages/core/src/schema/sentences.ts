import type { Location } from "../errors.ts";
import type { Annotation, Document, Entity, Relation, Sentence, Span } from "./document.ts";
import { type NewPlaces, withAnnotation } from "./notes.ts";
import type { Omission } from "./omission.ts";

/** The sentences of a document, with the annotation that did not fit into any of them. */
export interface SentencesOfDocument {
  readonly sentences: readonly Sentence[];
  /** Entities and relations that cross a sentence boundary. */
  readonly omissions: readonly Omission[];
}

/**
 * Splits a document into sentences whose spans count from their own first token.
 *
 * The group of each sentence is the document's `metadata.doc` if the data has one (sentence-wise
 * files), otherwise the document's id.
 *
 * @param at where the document came from, for the report
 */
export function sentencesOf(document: Document, at: Location = {}): SentencesOfDocument {
  const { sentences, omissions } = splitSentences(document, at);
  return { sentences, omissions };
}

/** The sentences of a document, and where its annotation went. */
export interface SentenceSplit extends SentencesOfDocument {
  /** In the sentence that holds it. */
  readonly places: NewPlaces;
  /** The index of the sentence of each token. */
  readonly sentenceAt: Int32Array;
}

/** Does the work of `sentencesOf`. */
export function splitSentences(document: Document, at: Location = {}): SentenceSplit {
  const omissions: Omission[] = [];
  const drop = (path: string, reason: string): void => void omissions.push({ source: at.source, line: at.line, path, reason });
  const sentenceAt = sentenceOfToken(document);
  const entities: Entity[][] = document.sentences.map(() => []);
  const relations: Relation[][] = document.sentences.map(() => []);
  const places = document.entities.map((entity, index) => {
    const sentence = sentenceAt[entity.start] as number;
    if (sentenceAt[entity.end - 1] !== sentence) {
      drop(`entities[${index}]`, "the entity crosses a sentence boundary");
      return undefined;
    }
    const list = entities[sentence] as Entity[];
    const place = { sentence, index: list.length };
    list.push(moved(entity, -(document.sentences[sentence] as Span).start));
    return place;
  });
  const relationPlaces = document.relations.map((relation, index) => {
    const head = places[relation.head];
    const tail = places[relation.tail];
    const path = `relations[${index}]`;
    if (head === undefined || tail === undefined) drop(path, "an end of the relation crosses a sentence boundary");
    else if (head.sentence !== tail.sentence) drop(path, "the ends of the relation are in different sentences");
    else return (relations[head.sentence] as Relation[]).push({ ...relation, head: head.index, tail: tail.index }) - 1;
    return undefined;
  });
  const group = typeof document.metadata["doc"] === "string" ? document.metadata["doc"] : document.id;
  const sentences = document.sentences.map((span, index) => ({
    id: document.sentences.length === 1 ? document.id : `${document.id}#${index}`,
    tokens: document.tokens.slice(span.start, span.end).map((token) => token.text),
    ...(document.pos === undefined ? {} : { pos: document.pos.slice(span.start, span.end) }),
    entities: entities[index] as Entity[],
    relations: relations[index] as Relation[],
    group,
  }));
  const newPlaces = { entities: places.map((place) => place?.index), relations: relationPlaces };
  return { sentences, omissions, places: newPlaces, sentenceAt };
}

/** The inverse for one sentence: a document whose text is the tokens joined by single spaces. */
export function documentFromSentence(sentence: Sentence): Document {
  const { text, tokens } = joinTokens(sentence.tokens);
  const { id, group, pos, entities, relations } = sentence;
  return {
    id,
    text,
    tokens,
    sentences: tokens.length === 0 ? [] : [{ start: 0, end: tokens.length }],
    ...(pos === undefined ? {} : { pos }),
    entities,
    relations,
    metadata: group === undefined || group === id ? {} : { doc: group },
  };
}

/**
 * Replaces the annotation of a document with one annotation per sentence, such as a model's
 * predictions. See `withAnnotation` for the notes of the document.
 *
 * @throws {RangeError} unless there is exactly one annotation per sentence
 */
export function annotateDocument(document: Document, annotations: readonly Annotation[]): Document {
  if (annotations.length !== document.sentences.length) {
    throw new RangeError(`${annotations.length} annotations for ${document.sentences.length} sentences`);
  }
  const entities: Entity[] = [];
  const relations: Relation[] = [];
  for (const [index, annotation] of annotations.entries()) {
    const first = entities.length;
    const { start } = document.sentences[index] as Span;
    for (const entity of annotation.entities) entities.push(moved(entity, start));
    for (const relation of annotation.relations) {
      relations.push({ ...relation, head: relation.head + first, tail: relation.tail + first });
    }
  }
  return withAnnotation(document, { entities, relations });
}

/** Joins tokens by single spaces and gives each its offsets in the result. */
export function joinTokens(words: readonly string[]): Pick<Document, "text" | "tokens"> {
  let start = 0;
  const tokens = words.map((text) => {
    const token = { text, start, end: start + text.length };
    start = token.end + 1;
    return token;
  });
  return { text: words.join(" "), tokens };
}

function sentenceOfToken({ sentences, tokens }: Document): Int32Array {
  const sentenceAt = new Int32Array(tokens.length).fill(-1);
  sentences.forEach((span, index) => {
    sentenceAt.fill(index, span.start, span.end);
  });
  return sentenceAt;
}

function moved(entity: Entity, by: number): Entity {
  return { ...entity, start: entity.start + by, end: entity.end + by };
}
