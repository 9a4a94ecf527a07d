/**
 * A piece of text that the models read as one unit. `start` and `end` count UTF-16 units of the
 * document's text, half-open.
 */
export interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** A half-open range; the field or parameter that holds it says what it counts. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * A mention. `start` and `end` count tokens of the sentence or document that holds it, half-open.
 */
export interface Entity extends Span {
  /** `null` when the data marks entities without types. */
  readonly type: string | null;
  /** Between 0 and 1; present on predictions. */
  readonly confidence?: number | undefined;
}

/** A directed relation. `head` and `tail` index the `entities` list of the same annotation. */
export interface Relation {
  readonly head: number;
  readonly tail: number;
  readonly type: string;
  /** Between 0 and 1; present on predictions. */
  readonly confidence?: number | undefined;
}

/** Entities and the relations between them, either annotated or predicted. */
export interface Annotation {
  readonly entities: readonly Entity[];
  readonly relations: readonly Relation[];
}

/**
 * A text with its tokens, sentences and annotation.
 *
 * Token spans of entities and sentences count tokens of the whole document. If the data has only
 * token lists, the text is the tokens joined by single spaces.
 */
export interface Document extends Annotation {
  readonly id: string;
  readonly text: string;
  readonly tokens: readonly Token[];
  /** Token spans that cover every token exactly once, in order. */
  readonly sentences: readonly Span[];
  /** One part-of-speech tag per token, if the data has them. */
  readonly pos?: readonly string[] | undefined;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/**
 * One sentence of a document: the input of models and metrics. Spans count from its first token.
 */
export interface Sentence extends Annotation {
  /** The document's id, with `#n` appended if the document has more than one sentence. */
  readonly id: string;
  readonly tokens: readonly string[];
  readonly pos?: readonly string[] | undefined;
  /** Cross-validation keeps sentences of one group together. Defaults to the document's id. */
  readonly group?: string | undefined;
}

/** The characters of a token span in its document's text, as half-open UTF-16 units. */
export function charSpan(document: Document, span: Span): Span {
  const first = document.tokens[span.start];
  const last = document.tokens[span.end - 1];
  if (first === undefined || last === undefined || span.end <= span.start) return { start: 0, end: 0 };
  return { start: first.start, end: last.end };
}

/**
 * The text of a token span, joined by single spaces: the surface form that metrics and baselines
 * compare.
 */
export function surface(tokens: readonly string[], span: Span): string {
  return tokens.slice(span.start, span.end).join(" ");
}
