import { leadingAbbreviations, sentenceOpeners } from "./abbreviations.ts";

/**
 * What a single line break means. `hard`: the end of a sentence. `soft`: a space, as in text that
 * was wrapped at a width. `auto`: the one that the shape of the text shows, break by break.
 */
export const newlineRules = ["auto", "soft", "hard"] as const;

/** One of `newlineRules`. */
export type NewlineRule = (typeof newlineRules)[number];

/**
 * The places of the line breaks that only wrap a sentence, by the shape of the text.
 *
 * A block, the lines between two empty ones, is wrapped if its lines go on in lower case where no
 * sentence ended, and it ends in a full stop or its lines are full: the next word would not have
 * fitted into the longest line. Lists, poems, tables, names one below the other, headings and one
 * sentence per line are not.
 *
 * @returns UTF-16 offsets of the characters `\n` (or a `\r` alone)
 */
export function softBreaks(text: string): ReadonlySet<number> {
  const soft = new Set<number>();
  const blocks = blocksOf(text);
  if (blocks.every(({ length }) => length < 2)) return soft;
  const shape = { width: widthOf(blocks), cased: /\p{Lu}/u.test(text) };
  const judged = blocks.map((lines) => ({ lines, breaks: breaksOf(lines, shape) }));
  const wrapped = judged.map(({ lines, breaks }) => isWrapped(lines, breaks, shape));
  const others = wrapped.includes(true);
  for (const [index, { lines, breaks }] of judged.entries()) {
    if (wrapped[index] !== true && !(others && fitsOthers(lines, breaks))) continue;
    for (const each of breaks) if (!each.apart && !isHeading(each, shape)) soft.add(each.at);
  }
  return soft;
}

/** Whether a block's own lines show that a width broke them. */
function isWrapped(lines: readonly Line[], breaks: readonly Break[], { width, cased }: Shape): boolean {
  const open = breaks.filter(({ ended, apart }) => !ended && !apart);
  if (open.length === 0) return false;
  const count = (holds: (each: Break) => boolean): number => open.filter(holds).length;
  const [lower, upper, full] = [count((each) => each.lower), count((each) => each.upper), count((each) => each.full)];
  const stops = endsSentence((lines.at(-1) as Line).text);
  if (cased && lower > 0) {
    return lower >= (lower + upper) / 3 && (stops || breaks.some(({ ended }) => ended) || isMost(full, open.length, width));
  }
  if (full < open.length || width < narrowest || !stops) return false;
  const marked = breaks.filter(({ before }) => /\p{P}$/u.test(before.text)).length;
  // Lines of a script without spaces may end in a mark by chance, those of its poems always do.
  if (breaks.every(({ spaceless }) => spaceless)) return marked * 2 <= breaks.length;
  if (open.some(({ before }) => /\p{P}$/u.test(before.text))) return false;
  // Without lower case, two breaks are probably wrapped; three may be a list or a poem, where no
  // sentence ends inside a line.
  if (upper > 0) {
    const flows = open.length <= 2 || lines.some(({ text }) => endsInside.test(text));
    return flows && !open.some(({ after }) => sentenceOpeners.has(firstWord(after.text)));
  }
  return open.length >= 2;
}

/** Whether a block without a sign of its own may be wrapped, in a text where others are. */
function fitsOthers(lines: readonly Line[], breaks: readonly Break[]): boolean {
  const open = breaks.filter(({ ended, apart }) => !ended && !apart);
  if (open.length === 0 || open.length > 2) return false;
  return endsSentence((lines.at(-1) as Line).text) || open.every(({ full }) => full);
}

/** Whether most lines are full; in narrow text every line seems to be. */
function isMost(full: number, all: number, width: number): boolean {
  return width >= narrowest && full >= 2 && full >= all * 0.6;
}

/** The narrowest lines, in UTF-16 units, whose ends may show a width. */
const narrowest = 16;

interface Line {
  readonly text: string;
  /** The offset of its line break. */
  readonly end: number;
}

/** A line break inside a block. */
interface Break {
  readonly at: number;
  readonly before: Line;
  readonly after: Line;
  /** The line ends a sentence. */
  readonly ended: boolean;
  /** A list item, a cell, or a name and its value begins here. */
  readonly apart: boolean;
  /** The next line goes on in lower case, or this one ends in a word that never ends a sentence. */
  readonly lower: boolean;
  readonly upper: boolean;
  /** The next word would not have fitted. */
  readonly full: boolean;
  /** The next line begins in a script without spaces. */
  readonly spaceless: boolean;
}

interface Shape {
  /** The longest line, in UTF-16 units. */
  readonly width: number;
  /** The text has capitals, so that small letters mean something. */
  readonly cased: boolean;
}

function blocksOf(text: string): Line[][] {
  const blocks: Line[][] = [];
  let block: Line[] = [];
  for (const match of text.matchAll(/([^\r\n\u2028\u2029]*)(\r\n|[\r\n\u2028\u2029]|$)/gu)) {
    const [, inside = "", ending = ""] = match;
    const end = match.index + inside.length + (ending === "\r\n" ? 1 : 0);
    const line = inside.trim();
    if (line !== "") block.push({ text: line, end });
    if ((line === "" || ending === "\u2028" || ending === "\u2029") && block.length > 0) {
      blocks.push(block);
      block = [];
    }
  }
  if (block.length > 0) blocks.push(block);
  return blocks;
}

/** The longest line, unless it is far longer than five others, as an address may be. */
function widthOf(blocks: readonly (readonly Line[])[]): number {
  const lengths = blocks.flatMap((lines) => lines.map(({ text }) => text.length)).sort((a, b) => b - a);
  const [first = 0, second = 0] = lengths;
  return lengths.length >= 6 && first > second * 1.3 ? second : first;
}

function breaksOf(lines: readonly Line[], { width, cased }: Shape): Break[] {
  const pairs = lines.filter(({ text }) => namedValue.test(text)).length > lines.length / 2;
  return lines.slice(1).map((after, index) => {
    const before = lines[index] as Line;
    const spaceless = withoutSpaces.test(after.text);
    return {
      at: before.end,
      before,
      after,
      ended: endsSentence(before.text),
      apart: pairs || item.test(after.text) || cells.test(before.text) || cells.test(after.text) || ruler.test(after.text),
      lower: cased && (startsLower.test(after.text) || leadsOn(before.text)),
      upper: startsUpper.test(after.text) && !leadsOn(before.text),
      // Where any character may begin a line, marks may not, so lines differ by two.
      full: before.text.length + (spaceless ? 3 : 1 + firstWord(after.text).length) > width,
      spaceless,
    };
  });
}

/** Whether a line ends in a word after which a sentence goes on. */
function leadsOn(line: string): boolean {
  const word = /\S+$/u.exec(line.slice(-16))?.[0] ?? "";
  return leading.has(word) || abbreviated.has(word.toLowerCase());
}

/** Short words of English, German, French, Spanish and Italian that a sentence cannot end in. */
const leading = new Set(
  (
    "the a an of and or with from for by at into than their its our your was were is are has had " +
    "der die das den dem des ein eine einen einem einer und oder von vom im zur zum mit für bei " +
    "le la les un une du de et ou au aux dans par pour avec el los las una y en del al con por para il lo gli di da e"
  ).split(" "),
);
/** A sentence ends inside the line, and another one begins. */
const endsInside = /\p{Ll}[.!?]["'”’»)\]]{0,2}\s+["“‘«([]?\p{Lu}/u;
const startsLower = /^[("“‘'«[]?\p{Ll}/u;
const startsUpper = /^[("“‘'«[]?\p{Lu}/u;
const item = /^(?:[-–—*•‣◦▪+>]\s|(?:\p{N}{1,3}|\p{L})[.)]\s|[#|])/u;
const cells = /\t|\S {3,}\S|\|.*\|/u;
const ruler = /^[-=*_~]{3,}$/;
const namedValue = /^\p{L}[\p{L} ]{0,20}:\s/u;
const abbreviated = new Set(leadingAbbreviations.split(" ").map((word) => `${word}.`.toLowerCase()));

/** Whether a line ends in a full stop that is not part of a title such as "Dr.", or in a colon. */
function endsSentence(line: string): boolean {
  if (!/(?:[.!?…:]["'”’»›)\]}]{0,3}|[。！？；：｡]["'”’」』）】]{0,3})$/u.test(line.slice(-4))) return false;
  const word = /\S+$/u.exec(line.slice(-24))?.[0] ?? "";
  return !abbreviated.has(word.toLowerCase()) && !/^\p{Lu}\.$/u.test(word);
}

/** A line that stands above a sentence: much shorter than the text is wide, or in capitals. */
function isHeading({ ended, full, upper, before, after }: Break, { width }: Shape): boolean {
  if (ended || full || !upper) return false;
  return (
    before.text.length < width / 2 ||
    sentenceOpeners.has(firstWord(after.text)) ||
    !/\p{Ll}/u.test(before.text) ||
    /^[^\p{Ll}\s]\S*(?:\s+[^\p{Ll}\s]\S*)+$/u.test(before.text.slice(0, 200))
  );
}

const withoutSpaces = /^\p{P}{0,2}[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;

function firstWord(line: string): string {
  return /^\S{1,60}/u.exec(line)?.[0] ?? "";
}
