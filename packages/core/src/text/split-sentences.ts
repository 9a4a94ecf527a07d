import type { Span, Token } from "../schema/index.ts";
import { leadingAbbreviations, sentenceOpeners } from "./abbreviations.ts";
import { type NewlineRule, softBreaks } from "./line-breaks.ts";

/** How `splitSentences` reads line breaks. */
export interface SentenceOptions {
  /**
   * The meaning of a single line break. `auto` (default): what the shape of the text shows. `hard`:
   * the end of a sentence. `soft`: a space, as in text broken at a fixed width; only empty lines
   * and list items end a sentence.
   */
  readonly newlines?: NewlineRule | undefined;
}

/**
 * Splits a text into sentences: token spans that cover every token exactly once, in order.
 *
 * A sentence ends after `.`, `!`, `?` or `…` and their closing quotes and brackets if the next
 * token can open another; always after 。！？; and at line breaks that are not soft. After an
 * abbreviation (`Inc.`, `U.S.`) it ends only before a word that usually opens a sentence.
 */
export function splitSentences(text: string, tokens: readonly Token[], options: SentenceOptions = {}): Span[] {
  const endsLine = lineEnds(text, options.newlines ?? "auto");
  const spans: Span[] = [];
  let start = 0;
  let ending: Ending | undefined;
  let inQuotes = false;
  for (const [index, token] of tokens.entries()) {
    const next = tokens[index + 1];
    const spaced = index > 0 && token.start > (tokens[index - 1] as Token).end;
    const continues = ending !== undefined && closes(token.text, spaced, inQuotes);
    if (!continues) ending = endingOf(tokens, index, start);
    if (token.text === '"') inQuotes = !inQuotes;
    if (next === undefined) break;
    const gap = text.slice(token.end, next.start);
    const ends =
      (lineBreak.test(gap) && (emptyLine.test(gap) || endsLine(token.end, gap, index + 1, tokens))) ||
      (ending !== undefined && !closes(next.text, gap !== "", inQuotes) && opens(ending, token, next, gap));
    if (!ends) continue;
    spans.push({ start, end: index + 1 });
    start = index + 1;
    ending = undefined;
    inQuotes = false;
  }
  if (start < tokens.length) spans.push({ start, end: tokens.length });
  return spans;
}

/** Whether a gap with a single line break ends a sentence. */
type LineEnds = (start: number, gap: string, next: number, tokens: readonly Token[]) => boolean;

function lineEnds(text: string, rule: NewlineRule): LineEnds {
  if (rule === "hard") return () => true;
  if (rule === "soft") return (_, __, next, tokens) => opensItem(tokens, next);
  let soft: ReadonlySet<number> | undefined;
  return (start, gap) => {
    soft ??= softBreaks(text);
    return !soft.has(start + gap.search(/\n|\r(?!\n)|[\u2028\u2029]/u));
  };
}

type Ending = "stop" | "full-width stop" | "abbreviation";

const neverEnds = new Set(leadingAbbreviations.split(" ").map((word) => `${word}.`.toLowerCase()));
const lineBreak = /[\n\r\u2028\u2029]/u;
const emptyLine = /\n[^\S\n]*\n|\u2029/u;
const opener = /^(?:[\p{Lu}\p{Lt}\p{Lo}\p{N}\p{Sc}\p{Extended_Pictographic}"“‘'«([{¿¡#@•*]|``)/u;

/** The kind of sentence end that the token is, if any. */
function endingOf(tokens: readonly Token[], index: number, sentenceStart: number): Ending | undefined {
  const { text } = tokens[index] as Token;
  if (/^[A-Za-z]+$/.test(text)) return undefined;
  if (/^[。！？｡]/u.test(text)) return "full-width stop";
  if (/^(?:[.…]+|[!?]+)$/u.test(text)) {
    const enumerates =
      text === "." && index === sentenceStart + 1 && /^(?:\p{N}{1,3}|\p{L})$/u.test(tokens[index - 1]?.text ?? "");
    return enumerates ? undefined : "stop";
  }
  return text.length > 1 && text.endsWith(".") && !neverEnds.has(text.toLowerCase()) ? "abbreviation" : undefined;
}

/**
 * Whether a token after a sentence end still belongs to it: another mark, a closing quote or a
 * bracket.
 */
function closes(text: string, spaced: boolean, inQuotes: boolean): boolean {
  if (/^(?:''|[”’»›)\]}」』）】》〉]|[.…!?]+|[。！？｡])$/u.test(text)) return true;
  if (text === '"') return inQuotes;
  return text === "'" && !spaced;
}

function opens(ending: Ending, token: Token, next: Token, gap: string): boolean {
  if (ending === "full-width stop") return true;
  if (ending === "abbreviation") return gap !== "" && sentenceOpeners.has(next.text);
  // The space after the full stop is missing: "… in 1990.The next".
  if (gap === "") return token.text === "." && /^\p{Lu}\p{Ll}/u.test(next.text);
  return opener.test(next.text);
}

/** A bullet, or a number with its mark. */
function opensItem(tokens: readonly Token[], index: number): boolean {
  const first = tokens[index]?.text ?? "";
  if (/^[-–—*•‣◦▪]$/u.test(first)) return true;
  return /^(?:\p{N}{1,3}|\p{L})$/u.test(first) && /^[.)]$/.test(tokens[index + 1]?.text ?? "");
}
