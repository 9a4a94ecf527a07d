import type { Token } from "../schema/index.ts";
import { leadingAbbreviations, trailingAbbreviations } from "./abbreviations.ts";

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
  const tokens: Token[] = [];
  for (const match of text.matchAll(mode === "words" ? wordPattern : characterPattern)) {
    tokens.push({ text: match[0], start: match.index, end: match.index + match[0].length });
  }
  return tokens;
}

const raw = String.raw;

const wordEnds = raw`(?![\p{L}\p{M}\p{N}])`;
const clitic = raw`['’](?:[sSdDmM]|[rR][eE]|[vV][eE]|[lL][lL])${wordEnds}`;
const negation = raw`[nN]['’][tT]${wordEnds}`;
/** Scripts without spaces, whose characters are tokens by themselves in `words` mode. */
const alone = raw`[\p{Script=Han}\p{Script=Hiragana}]`;
const marks = raw`[\p{M}\u200C\u200D]{0,50}`;

/**
 * Letters and digits up to a negation, with soft hyphens and the joiners that Persian and Indic
 * spelling needs.
 */
const letters = raw`(?:(?!${negation}|${alone})[\p{L}\p{M}\p{N}_\u00AD\u200C\u200D]){1,200}`;
/** Marks allowed between letters inside one word. */
const connector = [
  raw`[-‐‑/]`, // day-to-day, and/or, 10/03/1983
  raw`(?!${clitic})['’]`, // O'Brien, d'Azur
  raw`(?<=\p{N})(?:[.:](?=\p{N})|,(?=\p{N}{3}${wordEnds}))`, // 3.14, 2:00, 1,121
  raw`\.(?=\p{Ll})`, // PartyPoker.com, Node.js: no sentence starts in lower case
  raw`(?<=\p{Lu})&(?=\p{Lu})`, // AT&T
  raw`·(?=\p{L})`, // col·lecció
].join("|");
const word = raw`${letters}(?:(?:${connector})${letters}){0,50}`;

/** A full stop belongs to an abbreviation, unless the text or the paragraph ends there. */
const abbreviationStop = raw`\.(?!\s*$|[^\S\n]*\n[^\S\n]*\n)`;
const initials = raw`(?:[\p{Lu}\p{Ll}](?:\.[\p{Lu}\p{Ll}]${wordEnds}){1,20}|\p{Lu}\p{Ll}?(?:\.\p{Lu}\p{Ll}{0,2}${wordEnds}){1,10}|\p{Lu}\.-\p{Lu}${wordEnds})`;
const abbreviations = `${leadingAbbreviations} ${trailingAbbreviations}`
  .split(" ")
  .filter((word) => !word.includes("."))
  .flatMap((word) => (/^[A-Z][a-z]/.test(word) ? [word, word.toUpperCase()] : [word]))
  .join("|");

const picture = raw`\p{Extended_Pictographic}[\uFE0F\p{Emoji_Modifier}]{0,2}`;
const emoji = raw`\p{Regional_Indicator}{2}|[0-9#*]\uFE0F?\u20E3|${picture}[\u{E0020}-\u{E007F}]{0,20}(?:\u200D${picture}){0,10}`;
const inUrl = raw`[^\s<>"“”]`;
const endsUrl = raw`[^\s<>"“”.,;:!?)\]}'’…]`;

/**
 * Tried in this order at every place. The last alternative matches any other character, so nothing
 * is skipped.
 */
const wordPattern = new RegExp(
  [
    raw`(?:(?:https?|ftp)://|www\.)${inUrl}{0,2000}${endsUrl}`,
    raw`[\w.%+\-]{1,64}@[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){0,8}\.[A-Za-z]{2,24}`,
    emoji,
    raw`\p{Lu}{0,3}\p{Sc}`, // $, US$
    raw`${initials}(?:${abbreviationStop})?(?:[-‐‑]${letters}){0,10}`, // U.S., i.e., Ph.D., U.S.-based
    raw`(?:${abbreviations})${abbreviationStop}`,
    raw`Nos?\.(?=\s?\p{N})`, // No. 5, where "No." alone is an answer
    raw`(?!I)\p{Lu}\.(?=[^\S\n]\p{Lu}|[-,])`, // J. Smith
    raw`(?<![\p{L}\p{M}\p{N}.)\]])(?:[-−+]\.?|\.)(?=\p{N})${word}`, // -3.5, .38-caliber
    raw`['’]\p{N}{2}s?${wordEnds}`, // '60s
    raw`-[LR][RSC]B-`, // brackets in Treebank text
    clitic,
    negation,
    raw`[cC]an(?=not${wordEnds})`,
    raw`[@#]${letters}`,
    word,
    `${alone}${marks}`,
    raw`\.{2,500}|-{2,500}|={2,500}|\*{2,500}|~{2,500}|[!?]{2,500}|''|${"``"}`,
    raw`\S${marks}`,
  ].join("|"),
  "gu",
);

const characterPattern = new RegExp(raw`${emoji}|\S${marks}`, "gu");

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
