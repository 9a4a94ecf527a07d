import type { Document, Span } from "./document.ts";

/** What a model reads at once: a sentence, or as many neighbouring sentences as fit. */
export const readingUnits = ["sentence", "paragraph", "document"] as const;

/** How the sentences of a document become the units that a model reads. */
export interface Reading {
  /** Sentences of different paragraphs, or documents, are never read together. */
  readonly unit: (typeof readingUnits)[number];
  /** Max tokens of a unit of several sentences. A longer sentence is a unit of its own. */
  readonly tokens: number;
}

/**
 * The document with its units in place of its sentences. Relations between sentences of one unit
 * are then relations inside it.
 *
 * A unit takes sentences in order for as long as they fit, so the same document always gives the
 * same units. Paragraphs are separated by a blank line or, in a text without one, by a line break.
 *
 * @param reading defaults to single sentences
 */
export function inReadingUnits(document: Document, reading: Reading | undefined): Document {
  if (reading === undefined || reading.unit === "sentence") return document;
  const { sentences } = document;
  const separator = reading.unit === "document" ? undefined : separatorOf(document.text);
  const units: Span[] = [];
  for (const sentence of sentences) {
    const unit = units.at(-1);
    const fits = unit !== undefined && sentence.end - unit.start <= reading.tokens;
    if (fits && separator?.test(textBetween(document, unit, sentence)) !== true) {
      units[units.length - 1] = { start: unit.start, end: sentence.end };
    } else units.push(sentence);
  }
  return { ...document, sentences: units };
}

function separatorOf(text: string): RegExp {
  return blankLine.test(text) ? blankLine : lineBreak;
}

const lineBreak = /[\n\r\u2028\u2029]/;
const blankLine = /\r\n[^\S\r\n]*\r\n|\n[^\S\n]*\n|\r[^\S\r]*\r|\u2029/;

function textBetween({ text, tokens }: Document, before: Span, after: Span): string {
  return text.slice(tokens[before.end - 1]?.end, tokens[after.start]?.start);
}
