import type { Document, Span, Token } from "../../schema/index.ts";
import {
  coveringTokens,
  cutsOf,
  cutToken,
  documentFromText,
  type TextOptions,
  type TokenSplit,
  tokenSplits,
} from "../../text/index.ts";

/** A text with tokens that fit its mentions. */
export interface AnnotatedText {
  readonly document: Document;
  /** The tokens that were split, by the UTF-16 offset of the place. */
  readonly splits: ReadonlyMap<number, SplitToken>;
}

/** A token that was split because a mention ends inside it. */
interface SplitToken {
  /** The token before. */
  readonly text: string;
  /** The option of the tokeniser that splits it there, if one does. */
  readonly rule: TokenSplit | undefined;
}

/**
 * Tokenises a text so that each of its mentions has tokens of its own: a token is split where a
 * mention begins or ends. A mention across a single line break shows that the break is soft, unless
 * the options say that all breaks are hard.
 *
 * @param mentions half-open UTF-16 units of the text; white space at their ends does not count
 * @param plain tokenises the text and splits it into sentences
 */
export function annotatedText(
  id: string,
  text: string,
  mentions: readonly Span[],
  options: TextOptions | undefined,
  plain: (id: string, text: string, options: TextOptions | undefined) => Document = documentFromText,
): AnnotatedText {
  const made = plain(id, text, options);
  const trimmed = mentions.map((mention) => trimmedSpan(text, mention)).filter(({ start, end }) => end > start);
  const { document, splits } = splitAtEnds(made, trimmed);
  if (options?.newlines !== undefined && options.newlines !== "auto") return { document, splits };
  return { document: { ...document, sentences: joinedSentences(document, trimmed) }, splits };
}

/**
 * The tokens of a character span without the white space at its ends, unless that is a token.
 *
 * @returns the span without its white space; no tokens if it touches none
 */
export function tokensOf(
  text: string,
  tokens: readonly Token[],
  span: Span,
): { readonly trimmed: Span; readonly covering: ReturnType<typeof coveringTokens> } {
  const whole = coveringTokens(tokens, span);
  if (whole?.exact === true) return { trimmed: span, covering: whole };
  const trimmed = trimmedSpan(text, span);
  return { trimmed, covering: trimmed.end > trimmed.start ? coveringTokens(tokens, trimmed) : undefined };
}

/** A character span without the white space at its ends; empty if it holds nothing else. */
function trimmedSpan(text: string, { start, end }: Span): Span {
  let [from, to] = [start, end];
  while (from < to && isSpace(text, from)) from++;
  while (to > from && isSpace(text, to - 1)) to--;
  return { start: from, end: to };
}

function isSpace(text: string, at: number): boolean {
  return /\s/u.test(text.charAt(at));
}

function splitAtEnds(document: Document, mentions: readonly Span[]): AnnotatedText {
  const ends = [...new Set(mentions.flatMap(({ start, end }) => [start, end]))].sort((a, b) => a - b);
  const splits = new Map<number, SplitToken>();
  const tokens: Token[] = [];
  /** The first new token of each old one. */
  const firsts: number[] = [];
  let next = 0;
  for (const token of document.tokens) {
    firsts.push(tokens.length);
    while (next < ends.length && (ends[next] as number) <= token.start) next++;
    const cuts: number[] = [];
    for (; next < ends.length && (ends[next] as number) < token.end; next++) {
      const cut = (ends[next] as number) - token.start;
      if (!isInsideCharacter(token.text, cut)) cuts.push(cut);
    }
    if (cuts.length === 0) {
      tokens.push(token);
      continue;
    }
    const rule = tokenSplits.find((each) => cuts.every((cut) => cutsOf(token.text, [each]).includes(cut)));
    for (const cut of cuts) splits.set(token.start + cut, { text: token.text, rule });
    for (const piece of cutToken(token, cuts)) tokens.push(piece);
  }
  if (splits.size === 0) return { document, splits };
  firsts.push(tokens.length);
  const moved = ({ start, end }: Span): Span => ({ start: firsts[start] as number, end: firsts[end] as number });
  return { document: { ...document, tokens, sentences: document.sentences.map(moved) }, splits };
}

function isInsideCharacter(text: string, at: number): boolean {
  return /[\uDC00-\uDFFF]/.test(text.charAt(at)) && /[\uD800-\uDBFF]/.test(text.charAt(at - 1));
}

/** The sentences, joined where a mention crosses a single line break between two. */
function joinedSentences({ text, tokens, sentences }: Document, mentions: readonly Span[]): readonly Span[] {
  const byStart = [...mentions].sort((a, b) => a.start - b.start);
  const joined: Span[] = [];
  let next = 0;
  let reached = 0;
  for (const sentence of sentences) {
    const before = joined.at(-1);
    const [last, first] = [tokens[sentence.start - 1], tokens[sentence.start]];
    const [from, to] = [last?.end ?? 0, first?.start ?? 0];
    // The end of the mentions that begin before the gap.
    for (; next < byStart.length && (byStart[next] as Span).start < from; next++)
      reached = Math.max(reached, (byStart[next] as Span).end);
    if (before !== undefined && reached > to && isSingleBreak(text.slice(from, to)))
      joined[joined.length - 1] = { start: before.start, end: sentence.end };
    else joined.push(sentence);
  }
  return joined.length === sentences.length ? sentences : joined;
}

function isSingleBreak(gap: string): boolean {
  return /^[^\S\r\n]*(?:\r\n|[\r\n])[^\S\r\n]*$/.test(gap);
}
