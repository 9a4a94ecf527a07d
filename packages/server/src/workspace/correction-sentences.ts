import type { SentenceEdit } from "@weft-nlp/api";
import {
  type Document,
  type Entity,
  notesOf,
  type Relation,
  roundConfidence,
  sentenceDocuments,
  withNotes,
} from "@weft-nlp/core";

/** A new sentence of a project, with its suggestions. */
export interface NewSentence {
  readonly document: Document;
  readonly uncertainty: number;
  /** Holds the notes of the document on this sentence as a comment. */
  readonly note?: SentenceEdit["note"];
}

/**
 * Splits documents into sentences. Notes become comments.
 *
 * @param pause awaited after each document, as there may be very many
 */
export async function newSentences(documents: readonly Document[], pause: () => Promise<void>): Promise<NewSentence[]> {
  const sentences: NewSentence[] = [];
  for (const document of documents) {
    for (const { span: _, ...sentence } of sentenceDocuments(document)) sentences.push(newSentence(sentence));
    await pause();
  }
  return sentences;
}

/**
 * Its notes become its comment, and `metadata.doc` keeps the sentences of a document together in
 * splits.
 */
function newSentence(sentence: Document): NewSentence {
  const notes = notesOf(sentence);
  const { metadata, ...rest } = withNotes(sentence, []);
  const group = typeof metadata["doc"] === "string" ? metadata["doc"] : sentence.id;
  const document = { ...rest, metadata: { ...metadata, doc: group } };
  const comment = notes
    .map(({ text }) => text)
    .join("\n")
    .slice(0, maxComment);
  return { document, uncertainty: uncertaintyOf(document), ...(comment === "" ? {} : { note: { comment } }) };
}

/** As long as the API allows. */
const maxComment = 2000;

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
