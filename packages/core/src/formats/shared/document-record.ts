import { charSpan, type Document, roundConfidence } from "../../schema/index.ts";

/** The JSON form of a document, used in files, server answers and pages. */
export interface DocumentRecord {
  id: string;
  text: string;
  tokens: string[];
  /** Offsets of each token in `text`: `[start, end)` in UTF-16 units. */
  offsets: [start: number, end: number][];
  /** `[start, end)` in tokens. */
  sentences: [start: number, end: number][];
  pos?: string[];
  entities: EntityRecord[];
  relations: RelationRecord[];
  meta?: Record<string, unknown>;
}

/** An entity of a `DocumentRecord`. */
export interface EntityRecord {
  /** `start` and `end` count tokens, `startChar` and `endChar` UTF-16 units of the text. */
  start: number;
  end: number;
  startChar: number;
  endChar: number;
  /** The words of the mention in the text. */
  text: string;
  type: string | null;
  /** Rounded to six digits; present on predictions. */
  confidence?: number;
}

/** A relation of a `DocumentRecord`. */
export interface RelationRecord {
  /** `head` and `tail` index `entities`. */
  head: number;
  tail: number;
  type: string;
  confidence?: number;
}

/**
 * Converts a document to its JSON form. Lossless, except that confidences are rounded to six
 * digits.
 */
export function recordOf(document: Document): DocumentRecord {
  const { id, text, tokens, sentences, pos, entities, relations, metadata } = document;
  return {
    id,
    text,
    tokens: tokens.map((token) => token.text),
    offsets: tokens.map(({ start, end }) => [start, end]),
    sentences: sentences.map(({ start, end }) => [start, end]),
    ...(pos === undefined ? {} : { pos: [...pos] }),
    entities: entities.map((entity) => {
      const { start: startChar, end: endChar } = charSpan(document, entity);
      const { start, end, type, confidence } = entity;
      return { start, end, startChar, endChar, text: text.slice(startChar, endChar), type, ...written(confidence) };
    }),
    relations: relations.map(({ head, tail, type, confidence }) => ({ head, tail, type, ...written(confidence) })),
    ...(Object.keys(metadata).length === 0 ? {} : { meta: metadata }),
  };
}

function written(confidence: number | undefined): { confidence?: number } {
  return confidence === undefined ? {} : { confidence: roundConfidence(confidence) };
}
