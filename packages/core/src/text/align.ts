import { DataError, type Location } from "../errors.ts";
import type { Span, Token } from "../schema/index.ts";

/**
 * Finds the given tokens in their text, in order, with only white space between them.
 *
 * The Treebank's spellings of brackets and quotes (`-LRB-`, two grave accents) match the characters
 * that they encode.
 *
 * @throws {DataError} SPAN_MISALIGNED at the first token that is not where it must be
 */
export function alignTokens(text: string, words: readonly string[], at: Location = {}): Token[] {
  let reached = 0;
  return words.map((word, index) => {
    const start = text.startsWith(word, reached) ? reached : skipSpace(text, reached);
    const spelling = spellings(word).find((candidate) => text.startsWith(candidate, start));
    if (spelling === undefined || word === "") {
      const found = JSON.stringify(text.slice(start, start + 20));
      throw new DataError("SPAN_MISALIGNED", {
        at: { ...at, path: `tokens[${index}]` },
        message: `the token ${JSON.stringify(word)} is not in the text at character ${start}, which continues with ${found}`,
        hint: "add the `offsets` of the tokens, or list tokens in the order of the text",
      });
    }
    reached = start + spelling.length;
    return { text: word, start, end: reached };
  });
}

/**
 * The tokens that a character span touches, and whether its ends fall on token boundaries.
 *
 * @param span half-open UTF-16 units of the text
 * @returns undefined if the span touches no token
 */
export function coveringTokens(tokens: readonly Token[], span: Span): { span: Span; exact: boolean } | undefined {
  const start = firstWhere(tokens.length, (index) => (tokens[index] as Token).end > span.start);
  const end = firstWhere(tokens.length, (index) => (tokens[index] as Token).start >= span.end);
  if (end <= start) return undefined;
  const exact = tokens[start]?.start === span.start && tokens[end - 1]?.end === span.end;
  return { span: { start, end }, exact };
}

/**
 * The forms a token may have in its text: itself, or the characters that a Treebank spelling
 * encodes.
 */
export function spellings(word: string): readonly string[] {
  return [word, ...(treebankSpellings.get(word) ?? [])];
}

const treebankSpellings = new Map([
  ["-LRB-", ["("]],
  ["-RRB-", [")"]],
  ["-LSB-", ["["]],
  ["-RSB-", ["]"]],
  ["-LCB-", ["{"]],
  ["-RCB-", ["}"]],
  ["``", ['"', "“", "''"]],
  ["''", ['"', "”"]],
]);

function skipSpace(text: string, from: number): number {
  let index = from;
  while (index < text.length && /\s/.test(text.charAt(index))) index++;
  return index;
}

/**
 * Binary search for the first index whose condition holds; `length` if none does. The condition
 * must hold for all later indices too.
 */
function firstWhere(length: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
