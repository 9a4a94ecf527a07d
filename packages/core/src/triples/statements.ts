import { charSpan, type Document, type Span } from "../schema/index.ts";

/**
 * A mention of an entity. Its text is safe to write anywhere: no lone surrogates, and white space
 * collapsed to single spaces.
 */
export interface Mention {
  readonly text: string;
  readonly type: string | null;
  /** Half-open UTF-16 units of the document's text. */
  readonly chars: Span;
  /** The sentence of its first token, from 0; null if the document has no sentences. */
  readonly sentence: number | null;
  /** Between 0 and 1; absent for human annotation. */
  readonly confidence?: number | undefined;
}

/** A relation between two mentions, with its place in the document. */
export interface Statement {
  readonly head: Mention;
  readonly relation: string;
  readonly tail: Mention;
  readonly confidence?: number | undefined;
}

/**
 * The content of a document: all mentions in the order of its entities, and the relations between
 * them.
 */
export interface Statements {
  /** The document's id. */
  readonly document: string;
  readonly mentions: readonly Mention[];
  readonly statements: readonly Statement[];
}

/** Extracts the mentions and relations of a document. */
export function statementsOf(document: Document): Statements {
  const sentenceAt = sentenceFinder(document.sentences);
  const mentions = document.entities.map((entity): Mention => {
    const chars = charSpan(document, entity);
    const text = wellFormed(document.text.slice(chars.start, chars.end)).replace(/\s+/g, " ");
    const type = entity.type === null ? null : wellFormed(entity.type);
    return { text, type, chars, sentence: sentenceAt(entity.start), confidence: entity.confidence };
  });
  const statements = document.relations.map(
    ({ head, tail, type, confidence }): Statement => ({
      head: mentions[head] as Mention,
      relation: wellFormed(type),
      tail: mentions[tail] as Mention,
      confidence,
    }),
  );
  return { document: wellFormed(document.id), mentions, statements };
}

/** The text of a mention's sentence, on one line. */
export function sentenceText(document: Document, { sentence }: Mention): string {
  const span = sentence === null ? undefined : document.sentences[sentence];
  if (span === undefined) return "";
  const { start, end } = charSpan(document, span);
  return wellFormed(document.text.slice(start, end)).replace(/\s+/g, " ");
}

/** Replaces lone surrogates, which UTF-8 cannot encode, with U+FFFD. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\ufffd");
}

/** Finds the sentence of a token by binary search in spans in ascending order. */
function sentenceFinder(sentences: readonly Span[]): (token: number) => number | null {
  return (token) => {
    let [low, high] = [0, sentences.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sentences[middle] as Span).end <= token) low = middle + 1;
      else high = middle;
    }
    const found = sentences[low];
    return found === undefined || token < found.start ? null : low;
  };
}
