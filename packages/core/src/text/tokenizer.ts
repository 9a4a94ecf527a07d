import type { Token } from "../schema/index.ts";
import { splitTokens, type TokenSplit } from "./split-tokens.ts";
import { characterPattern, wordPattern } from "./word-pattern.ts";

/**
 * How text becomes tokens. `words`: for languages that put spaces between words. `characters`: for
 * Chinese, as its corpora are tokenised. `segmenter`: for languages without spaces, using the
 * dictionary of the platform's `Intl.Segmenter`.
 */
export type TokenizerMode = "words" | "characters" | "segmenter";

/** How `tokenize` splits text. The mode defaults to `words`. */
export interface TokenizerOptions {
  readonly mode?: TokenizerMode | undefined;
  /** BCP 47 language tag for the segmenter, such as "th". Defaults to the platform's language. */
  readonly locale?: string | undefined;
  /** Where to split words further, in `words` mode; defaults to nowhere. */
  readonly split?: readonly TokenSplit[] | undefined;
}

/**
 * Splits a text into tokens with their offsets.
 *
 * Text is not normalised: each token is a slice of the text, and every character other than white
 * space belongs to exactly one token. Words follow Penn Treebank splitting (`do n't`, `Acme 's`,
 * separate punctuation). Runs in linear time: every repetition that can backtrack is bounded, so a
 * run of more than 200 letters gives several tokens.
 */
export function tokenize(text: string, options: TokenizerOptions = {}): Token[] {
  const mode = options.mode ?? "words";
  if (mode === "segmenter") return segment(text, options.locale);
  if (mode === "characters") return Array.from(text.matchAll(characterPattern()), tokenOf);
  const words = splitWords(text);
  return options.split === undefined || options.split.length === 0 ? words : splitTokens(words, options.split);
}

function tokenOf({ 0: text, index: start }: RegExpExecArray): Token {
  return { text, start, end: start + text.length };
}

/**
 * Most words of most texts are ASCII letters up to a space or a mark that joins nothing, and take
 * no pattern: that is several times as fast, and a short text needs none compiled.
 */
function splitWords(text: string): Token[] {
  const tokens: Token[] = [];
  let pattern: RegExp | undefined;
  for (let at = 0; at < text.length; ) {
    if (kindAt(text, at) === space) {
      at++;
      continue;
    }
    const end = plainEnd(text, at);
    if (end > at) {
      tokens.push({ text: text.slice(at, end), start: at, end });
      at = end;
      continue;
    }
    pattern ??= wordPattern(text);
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) break;
    const token = tokenOf(match);
    tokens.push(token);
    at = token.end;
  }
  return tokens;
}

/** Where a token ends that needs no pattern; `at` if the token there may need one. */
function plainEnd(text: string, at: number): number {
  const kind = kindAt(text, at);
  if (kind === mark) return text.charCodeAt(at + 1) < 128 || at + 1 === text.length ? at + 1 : at;
  if (kind === stop) return endsText(text, at + 1) ? at + 1 : at;
  if (kind !== letter) return at;
  // A longer run takes the pattern, which reads it in pieces: looking for its end each time would
  // take quadratic time.
  let end = at + 1;
  while (end - at < longestPlain && kindAt(text, end) === letter) end++;
  const next = kindAt(text, end);
  const apart = end === text.length || next === space || next === mark || (next === stop && endsText(text, end + 1));
  return apart && end - at < longestPlain && !isCannot(text, at, end) ? end : at;
}

const longestPlain = 64;

/** The only word without marks that is two tokens. */
function isCannot(text: string, at: number, end: number): boolean {
  return end - at === 6 && text.startsWith("annot", at + 1) && /^[cC]/.test(text.charAt(at));
}

function endsText(text: string, at: number): boolean {
  let end = at;
  while (kindAt(text, end) === space) end++;
  return end === text.length;
}

/** Kinds of ASCII characters. All others are 0. */
const [space, letter, mark, stop] = [1, 2, 3, 4];
const kinds = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/\s/.test(character)) return space;
  if (/[A-Za-z]/.test(character)) return letter;
  if (character === ".") return stop;
  return /[,;()[\]"]/.test(character) ? mark : 0;
});

function kindAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code < 128 ? (kinds[code] as number) : 0;
}

/** Splits line by line, because the platform's segmenter slows down on very long strings. */
function segment(text: string, locale: string | undefined): Token[] {
  const segmenter = new Intl.Segmenter(locale, { granularity: "word" });
  const tokens: Token[] = [];
  for (const line of text.matchAll(/[^\n]{1,10000}/gu)) {
    for (const { segment, index } of segmenter.segment(line[0])) {
      for (const piece of segment.matchAll(/\S+/gu)) {
        const start = line.index + index + piece.index;
        tokens.push({ text: piece[0], start, end: start + piece[0].length });
      }
    }
  }
  return tokens;
}
