import { leadingAbbreviations, trailingAbbreviations } from "./abbreviations.ts";

/**
 * The pattern for the tokens of a text in `words` mode, with the flag `g`. It matches every
 * character other than white space.
 */
export function wordPattern(text: string): RegExp {
  return simple.test(text) ? (simplePattern ??= new RegExp(wordSource(simpleClasses), "g")) : unicodePattern();
}

/** The pattern for `characters` mode. */
export function characterPattern(): RegExp {
  const { marks, emoji } = unicodeClasses;
  return (charactersPattern ??= new RegExp(raw`${emoji}|\S${marks}`, "gu"));
}

/** The pattern for every text. Compiling it takes tens of milliseconds. */
export function unicodePattern(): RegExp {
  return (wholePattern ??= new RegExp(wordSource(unicodeClasses), "gu"));
}

let simplePattern: RegExp | undefined;
let wholePattern: RegExp | undefined;
let charactersPattern: RegExp | undefined;

const raw = String.raw;

/** What the pattern needs to know about characters; the first six go into character classes. */
interface Classes {
  readonly letter: string;
  /** Marks that combine with a letter. */
  readonly combining: string;
  readonly upper: string;
  readonly lower: string;
  readonly number: string;
  readonly currency: string;
  /** Scripts without spaces, whose characters are tokens by themselves in `words` mode. */
  readonly alone: string;
  readonly marks: string;
  readonly emoji: string;
}

const picture = raw`\p{Extended_Pictographic}[\uFE0F\p{Emoji_Modifier}]{0,2}`;

const unicodeClasses: Classes = {
  letter: raw`\p{L}`,
  combining: raw`\p{M}`,
  upper: raw`\p{Lu}`,
  lower: raw`\p{Ll}`,
  number: raw`\p{N}`,
  currency: raw`\p{Sc}`,
  alone: raw`[\p{Script=Han}\p{Script=Hiragana}]`,
  marks: raw`[\p{M}\u200C\u200D]{0,50}`,
  emoji: raw`\p{Regional_Indicator}{2}|[0-9#*]\uFE0F?\u20E3|${picture}[\u{E0020}-\u{E007F}]{0,20}(?:\u200D${picture}){0,10}`,
};

/**
 * Latin with its usual accents, dashes, quotes and the euro: a pattern that compiles ten times as
 * fast.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are white space or single tokens
const simple = /^[\0-\u017f\u2010-\u2027\u20ac]*$/;

/** The letters of Latin Extended-A, where capitals and small letters alternate. */
const extended = Array.from({ length: 128 }, (_, index) => String.fromCharCode(0x100 + index));
const extendedLower = extended.filter((letter) => letter.toLowerCase() === letter).join("");
const extendedUpper = extended.filter((letter) => letter.toLowerCase() !== letter).join("");

/** The same classes for the characters of `simple`, which have no marks. */
export const simpleClasses: Classes = {
  letter: raw`A-Za-z\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u017f`,
  upper: raw`A-Z\u00c0-\u00d6\u00d8-\u00de${extendedUpper}`,
  lower: raw`a-z\u00b5\u00df-\u00f6\u00f8-\u00ff${extendedLower}`,
  combining: "",
  number: raw`0-9\u00b2\u00b3\u00b9\u00bc-\u00be`,
  currency: raw`$\u00a2-\u00a5\u20ac`,
  alone: raw`[^\s\S]`,
  marks: "",
  emoji: raw`[\u00a9\u00ae]`,
};

function wordSource({ letter, combining, upper, lower, number, currency, alone, marks, emoji }: Classes): string {
  const [L, N, Lu, Ll] = [letter, number, upper, lower].map((inside) => `[${inside}]`);
  const inWords = `${letter}${combining}${number}`;
  const wordEnds = raw`(?![${inWords}])`;
  const clitic = raw`['’](?:[sSdDmM]|[rR][eE]|[vV][eE]|[lL][lL])${wordEnds}`;
  const negation = raw`[nN]['’][tT]${wordEnds}`;
  /**
   * Letters and digits up to a negation, with soft hyphens and the joiners that Persian and Indic
   * spelling needs.
   */
  const letters = raw`(?:(?!${negation}|${alone})[${inWords}_\u00AD\u200C\u200D]){1,200}`;
  /** Marks allowed between letters inside one word. */
  const connector = [
    raw`[-‐‑/]`, // day-to-day, and/or, 10/03/1983
    raw`(?!${clitic})['’]`, // O'Brien, d'Azur
    raw`(?<=${N})(?:[.:](?=${N})|,(?=${N}{3}${wordEnds}))`, // 3.14, 2:00, 1,121
    raw`\.(?=${Ll})`, // PartyPoker.com, Node.js: no sentence starts in lower case
    raw`(?<=${Lu})&(?=${Lu})`, // AT&T
    raw`·(?=${L})`, // col·lecció
  ].join("|");
  const word = raw`${letters}(?:(?:${connector})${letters}){0,50}`;

  /** A full stop belongs to an abbreviation, unless the text or the paragraph ends there. */
  const abbreviationStop = raw`\.(?!\s*$|[^\S\n]*\n[^\S\n]*\n)`;
  const initials = raw`(?:[${upper}${lower}](?:\.[${upper}${lower}]${wordEnds}){1,20}|${Lu}${Ll}?(?:\.${Lu}${Ll}{0,2}${wordEnds}){1,10}|${Lu}\.-${Lu}${wordEnds})`;
  const inUrl = raw`[^\s<>"“”]`;
  const endsUrl = raw`[^\s<>"“”.,;:!?)\]}'’…]`;

  // Tried in this order at every place. The last alternative matches any other character, so
  // nothing is skipped.
  return [
    raw`(?:(?:https?|ftp)://|www\.)${inUrl}{0,2000}${endsUrl}`,
    raw`[\w.%+\-]{1,64}@[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){0,8}\.[A-Za-z]{2,24}`,
    emoji,
    raw`${Lu}{0,3}[${currency}]`, // $, US$
    raw`${initials}(?:${abbreviationStop})?(?:[-‐‑]${letters}){0,10}`, // U.S., i.e., Ph.D., U.S.-based
    raw`(?:${abbreviations})${abbreviationStop}`,
    raw`Nos?\.(?=\s?${N})`, // No. 5, where "No." alone is an answer
    raw`(?!I)${Lu}\.(?=[^\S\n]${Lu}|[-,])`, // J. Smith
    raw`(?<![${inWords}.)\]])(?:[-−+]\.?|\.)(?=${N})${word}`, // -3.5, .38-caliber
    raw`['’]${N}{2}s?${wordEnds}`, // '60s
    raw`-[LR][RSC]B-`, // brackets in Treebank text
    clitic,
    negation,
    raw`[cC]an(?=not${wordEnds})`,
    raw`[@#]${letters}`,
    word,
    `${alone}${marks}`,
    raw`\.{2,500}|-{2,500}|={2,500}|\*{2,500}|~{2,500}|[!?]{2,500}|''|${"``"}`,
    raw`\S${marks}`,
  ].join("|");
}

const abbreviations = `${leadingAbbreviations} ${trailingAbbreviations}`
  .split(" ")
  .filter((word) => !word.includes("."))
  .flatMap((word) => (/^[A-Z][a-z]/.test(word) ? [word, word.toUpperCase()] : [word]))
  .join("|");
