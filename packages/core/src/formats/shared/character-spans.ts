import { DataError, type Location } from "../../errors.ts";
import { within } from "../../json/fields.ts";
import type { Document, OmissionKind, Span } from "../../schema/index.ts";
import { type OffsetTranslation, type OffsetUnit, offsetTranslation, type TextOptions } from "../../text/index.ts";
import { type AnnotatedText, annotatedText, tokensOf } from "./annotated-text.ts";

/** A half-open character span in a file's own unit, with the words that the file expects there. */
export interface CharacterSpan extends Span {
  readonly text?: string | undefined;
}

/**
 * Detects what the offsets of a file count: the unit under which more spans match their words. Ties
 * go to the format's usual unit.
 */
export function detectOffsetUnit(text: string, spans: readonly CharacterSpan[], usual: OffsetUnit): OffsetUnit {
  if (!/[\u{10000}-\u{10FFFF}]/u.test(text)) return usual;
  const other = usual === "utf16" ? "codepoint" : "utf16";
  return countAgreeing(text, spans, other) > countAgreeing(text, spans, usual) ? other : usual;
}

/** How many spans match the words that the file gives for them. */
export function countAgreeing(text: string, spans: readonly CharacterSpan[], unit: OffsetUnit): number {
  const characters = offsetTranslation(text, unit);
  return spans.filter((span) => {
    const start = characters.toUtf16(span.start);
    const end = characters.toUtf16(span.end);
    return start !== undefined && end !== undefined && span.text !== undefined && sameWords(text.slice(start, end), span.text);
  }).length;
}

/** Reports what a reader changed, with its path in the file. */
type Report = (path: string, reason: string, at: Location, kind: OmissionKind, rule?: string) => void;

/** Maps a character span to tokens. */
export type SpanPlacer = (span: CharacterSpan, path: string, at: Location) => Span;

/**
 * Returns a function that maps character spans to tokens that are given. Spans that end inside a
 * token grow to cover it. Spans whose words differ from the text keep their offsets. Both are
 * reported.
 *
 * @param plain the text with its tokens
 * @param omit receives each change, with the path given for the span
 * @throws {DataError} SPAN_OUTSIDE, SPAN_EMPTY from the returned function
 */
export function spanPlacer(plain: Pick<Document, "text" | "tokens">, unit: OffsetUnit, omit: Report): SpanPlacer {
  return placerIn(plain, offsetTranslation(plain.text, unit), undefined, omit);
}

/** A text without tokens, and the options to tokenise it. */
export interface TextToPlace {
  readonly id: string;
  readonly text: string;
  readonly options: TextOptions | undefined;
  /** Tokenises the text; defaults to `documentFromText`. */
  readonly plain?: ((id: string, text: string, options: TextOptions | undefined) => Document) | undefined;
}

/**
 * Tokenises a text so that tokens begin and end where its mentions do, and returns the function
 * that maps them to tokens. Spans keep their exact characters, without white space at their ends.
 * Each token that was split for one is reported as `split`.
 *
 * @param spans all mentions, in the file's unit; those that are not in the text are ignored here
 * @param omit receives each change, with the path given for the span
 */
export function placedText(
  given: TextToPlace,
  spans: readonly Span[],
  unit: OffsetUnit,
  omit: Report,
): { readonly plain: Document; readonly place: SpanPlacer } {
  const characters = offsetTranslation(given.text, unit);
  const mentions = spans.flatMap(({ start, end }) => utf16Span(characters, start, end) ?? []);
  const { document, splits } = annotatedText(given.id, given.text, mentions, given.options, given.plain);
  return { plain: document, place: placerIn(document, characters, splits, omit) };
}

function utf16Span(characters: OffsetTranslation, from: number, to: number): Span | undefined {
  const [start, end] = [characters.toUtf16(from), characters.toUtf16(to)];
  return start === undefined || end === undefined ? undefined : { start, end };
}

function placerIn(
  { text, tokens }: Pick<Document, "text" | "tokens">,
  characters: OffsetTranslation,
  splits: AnnotatedText["splits"] | undefined,
  omit: Report,
): SpanPlacer {
  return (span, path, at) => {
    const inText = utf16Span(characters, span.start, span.end);
    if (inText === undefined) {
      const message = `the characters ${span.start} to ${span.end} are not in the text, which has ${characters.fromUtf16(text.length)}`;
      throw new DataError("SPAN_OUTSIDE", {
        at: within(at, path),
        message,
        hint: "offsets count from 0 and ends are exclusive",
      });
    }
    const found = text.slice(inText.start, inText.end);
    const { trimmed, covering } = tokensOf(text, tokens, inText);
    if (covering === undefined) {
      const message = `the characters ${span.start} to ${span.end} hold no token`;
      throw new DataError("SPAN_EMPTY", {
        at: within(at, path),
        message,
        hint: "ends are exclusive and must be greater than starts",
      });
    }
    if (span.text !== undefined && !sameWords(found, span.text)) {
      const reason = `the text has ${quoted(found)} where the file says ${quoted(span.text)}; the offsets were used`;
      omit(path, reason, at, "disagreeing");
    }
    const split = splits?.get(trimmed.start) ?? splits?.get(trimmed.end);
    if (split !== undefined) omit(path, splitReason(found.trim(), split.text), at, "split", split.rule);
    else if (!covering.exact) {
      const grown = text.slice(tokens[covering.span.start]?.start, tokens[covering.span.end - 1]?.end);
      omit(path, `${quoted(found)} does not end on token boundaries; grown to ${quoted(grown)}`, at, "misaligned");
    }
    return covering.span;
  };
}

/** Reports a token that was split for a mention. */
export function splitReason(mention: string, token: string): string {
  return `${quoted(mention)} ends inside the token ${quoted(token)}, which was split there`;
}

/** Some tools write a line break inside a mention as a space. */
export function sameWords(first: string, second: string): boolean {
  // A span of a whole text is compared with its few words once for each mention.
  if (first.length > 1000 + 10 * second.length) return false;
  return first === second || first.replace(/\s+/g, " ").trim() === second.replace(/\s+/g, " ").trim();
}

/** The beginning of a text in quotes. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
