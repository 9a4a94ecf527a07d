import { DataError, type Location } from "../../errors.ts";
import { within } from "../../json/fields.ts";
import type { Document, OmissionKind, Span } from "../../schema/index.ts";
import { coveringTokens, type OffsetUnit, offsetTranslation } from "../../text/index.ts";

/**
 * Characters of a text as a file names them, in the file's own unit, half-open, with the words it
 * says stand there.
 */
export interface CharacterSpan extends Span {
  readonly text?: string | undefined;
}

/**
 * What the offsets of a file count, seen from the words it says stand there: the unit under which
 * more of them agree with the text, and the usual one of the format where both do equally.
 */
export function detectOffsetUnit(text: string, spans: readonly CharacterSpan[], usual: OffsetUnit): OffsetUnit {
  if (!/[\u{10000}-\u{10FFFF}]/u.test(text)) return usual;
  const other = usual === "utf16" ? "codepoint" : "utf16";
  return countAgreeing(text, spans, other) > countAgreeing(text, spans, usual) ? other : usual;
}

/** How many of the spans stand where the text has the words that the file says. */
export function countAgreeing(text: string, spans: readonly CharacterSpan[], unit: OffsetUnit): number {
  const characters = offsetTranslation(text, unit);
  return spans.filter((span) => {
    const start = characters.toUtf16(span.start);
    const end = characters.toUtf16(span.end);
    return start !== undefined && end !== undefined && span.text !== undefined && sameWords(text.slice(start, end), span.text);
  }).length;
}

/**
 * A function that finds the tokens of character spans. Spans that end inside a token grow to it,
 * and spans whose words the text does not have there stay where their offsets say; both are
 * reported.
 *
 * @param plain the text with its tokens
 * @param omit is told what had to change, with the path given for the span
 * @throws {DataError} SPAN_OUTSIDE, SPAN_EMPTY from the function it returns
 */
export function spanPlacer(
  plain: Pick<Document, "text" | "tokens">,
  unit: OffsetUnit,
  omit: (path: string, reason: string, at: Location, kind: OmissionKind) => void,
): (span: CharacterSpan, path: string, at: Location) => Span {
  const { text, tokens } = plain;
  const characters = offsetTranslation(text, unit);
  return (span, path, at) => {
    const start = characters.toUtf16(span.start);
    const end = characters.toUtf16(span.end);
    if (start === undefined || end === undefined) {
      const message = `the characters ${span.start} to ${span.end} are not in the text, which has ${characters.fromUtf16(text.length)}`;
      throw new DataError("SPAN_OUTSIDE", {
        at: within(at, path),
        message,
        hint: "offsets count from 0 and the end is exclusive",
      });
    }
    const covering = end > start ? coveringTokens(tokens, { start, end }) : undefined;
    if (covering === undefined) {
      const message = `the characters ${span.start} to ${span.end} hold no token`;
      throw new DataError("SPAN_EMPTY", {
        at: within(at, path),
        message,
        hint: "the end is exclusive and lies behind the start",
      });
    }
    const found = text.slice(start, end);
    if (span.text !== undefined && !sameWords(found, span.text)) {
      const reason = `the text has ${quoted(found)} where the file says ${quoted(span.text)}; the offsets were taken`;
      omit(path, reason, at, "disagreeing");
    }
    if (!covering.exact) {
      const grown = text.slice(tokens[covering.span.start]?.start, tokens[covering.span.end - 1]?.end);
      omit(path, `${quoted(found)} does not end on tokens; grown to ${quoted(grown)}`, at, "misaligned");
    }
    return covering.span;
  };
}

/** Tools write a line break inside a mention as a space. */
function sameWords(first: string, second: string): boolean {
  return first === second || first.replace(/\s+/g, " ").trim() === second.replace(/\s+/g, " ").trim();
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
