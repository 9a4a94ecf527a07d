import { DataError, type Location } from "../../errors.ts";
import { within } from "../../json/fields.ts";
import type { Document, OmissionKind, Span } from "../../schema/index.ts";
import { coveringTokens, type OffsetUnit, offsetTranslation } from "../../text/index.ts";

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

/**
 * Returns a function that maps character spans to tokens. Spans that end inside a token grow to
 * cover it. Spans whose words differ from the text keep their offsets. Both are reported.
 *
 * @param plain the text with its tokens
 * @param omit receives each change, with the path given for the span
 * @throws {DataError} SPAN_OUTSIDE, SPAN_EMPTY from the returned function
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
        hint: "offsets count from 0 and ends are exclusive",
      });
    }
    const covering = end > start ? coveringTokens(tokens, { start, end }) : undefined;
    if (covering === undefined) {
      const message = `the characters ${span.start} to ${span.end} hold no token`;
      throw new DataError("SPAN_EMPTY", {
        at: within(at, path),
        message,
        hint: "ends are exclusive and must be greater than starts",
      });
    }
    const found = text.slice(start, end);
    if (span.text !== undefined && !sameWords(found, span.text)) {
      const reason = `the text has ${quoted(found)} where the file says ${quoted(span.text)}; the offsets were used`;
      omit(path, reason, at, "disagreeing");
    }
    if (!covering.exact) {
      const grown = text.slice(tokens[covering.span.start]?.start, tokens[covering.span.end - 1]?.end);
      omit(path, `${quoted(found)} does not end on token boundaries; grown to ${quoted(grown)}`, at, "misaligned");
    }
    return covering.span;
  };
}

/** Some tools write a line break inside a mention as a space. */
function sameWords(first: string, second: string): boolean {
  return first === second || first.replace(/\s+/g, " ").trim() === second.replace(/\s+/g, " ").trim();
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
