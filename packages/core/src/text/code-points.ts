/**
 * The unit in which a file counts characters: UTF-16 units as in JavaScript, code points as in
 * Python, or graphemes (user-perceived characters), which doccano projects can choose.
 */
export type OffsetUnit = "utf16" | "codepoint" | "grapheme";

/**
 * Converts offsets in one text between a file's unit and UTF-16 units. Returns `undefined` for an
 * offset that does not exist.
 */
export interface OffsetTranslation {
  toUtf16(offset: number): number | undefined;
  fromUtf16(offset: number): number | undefined;
}

/**
 * How a file counts line ends. `as written`: by their characters. `once`: \r\n as one character, as
 * in a text that was annotated with plain line ends. `twice`: each \n as two, as in one that was
 * annotated with \r\n and has lost the \r.
 */
export const lineEndCounts = ["as written", "once", "twice"] as const;

/** One of `lineEndCounts`. */
export type LineEndCount = (typeof lineEndCounts)[number];

/**
 * Builds the conversion for one text. Takes one pass over the text, and memory only if it has a
 * character of several UTF-16 units, or line ends are not counted as written.
 */
export function offsetTranslation(text: string, unit: OffsetUnit, lineEnds: LineEndCount = "as written"): OffsetTranslation {
  const surplus = unit === "utf16" ? [] : unit === "codepoint" ? astralPlaces(text) : graphemePlaces(text);
  const extra = lineEnds === "once" && unit !== "grapheme" ? merged(surplus, carriageReturns(text)) : surplus;
  const plain = shorter(text, extra);
  return lineEnds === "twice" ? longer(text, plain) : plain;
}

/** @param extra the UTF-16 units that the file does not count, ascending */
function shorter(text: string, extra: readonly number[]): OffsetTranslation {
  const count = text.length - extra.length;
  return {
    toUtf16(offset) {
      if (!isWithin(offset, count)) return undefined;
      // The n-th surplus unit belongs to the character at extra[n] - n and shifts everything after
      // it by one.
      return offset + countWhere(extra, (place, index) => place - index < offset);
    },
    fromUtf16(offset) {
      if (!isWithin(offset, text.length)) return undefined;
      const before = countWhere(extra, (place) => place < offset);
      return extra[before - 1] === offset - 1 ? undefined : offset - before;
    },
  };
}

/** Counts each line end of `plain` as one more. */
function longer(text: string, plain: OffsetTranslation): OffsetTranslation {
  const breaks = Array.from(text.matchAll(/\n/g), ({ index }) => plain.fromUtf16(index) ?? index);
  return {
    // The n-th line end takes the offsets breaks[n] + n and the one after it.
    toUtf16: (offset) => plain.toUtf16(offset - countWhere(breaks, (place, index) => place + index + 1 < offset)),
    fromUtf16(offset) {
      const counted = plain.fromUtf16(offset);
      return counted === undefined ? undefined : counted + countWhere(breaks, (place) => place < counted);
    },
  };
}

function isWithin(offset: number, limit: number): boolean {
  return Number.isInteger(offset) && offset >= 0 && offset <= limit;
}

function carriageReturns(text: string): number[] {
  return Array.from(text.matchAll(/\r\n/g), ({ index }) => index);
}

function merged(first: readonly number[], second: readonly number[]): number[] {
  return [...first, ...second].sort((a, b) => a - b);
}

/** The UTF-16 offsets of the characters that take two units. */
function astralPlaces(text: string): number[] {
  return Array.from(text.matchAll(/[\u{10000}-\u{10FFFF}]/gu), (match) => match.index);
}

/**
 * The UTF-16 offsets of all units of a grapheme except the last: each makes the text one unit
 * longer than its count of graphemes.
 */
function graphemePlaces(text: string): number[] {
  const places: number[] = [];
  for (const { segment, index } of new Intl.Segmenter("und", { granularity: "grapheme" }).segment(text)) {
    for (let unit = 0; unit < segment.length - 1; unit++) places.push(index + unit);
  }
  return places;
}

/** How many places meet a condition that holds for a prefix of the list only. */
function countWhere(places: readonly number[], holds: (place: number, index: number) => boolean): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(places[middle] as number, middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
