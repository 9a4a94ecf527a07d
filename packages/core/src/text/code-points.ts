/** The unit in which a file counts characters: UTF-16 units as JavaScript does, or code points as Python does. */
export type OffsetUnit = "utf16" | "codepoint";

/** Translates offsets in one text between a file's unit and UTF-16 units; `undefined` where there is no such place. */
export interface OffsetTranslation {
  toUtf16(offset: number): number | undefined;
  fromUtf16(offset: number): number | undefined;
}

/** The translation for one text. Costs one pass over the text, and memory only where it holds a character beyond U+FFFF. */
export function offsetTranslation(text: string, unit: OffsetUnit): OffsetTranslation {
  const astral = unit === "codepoint" ? astralPlaces(text) : [];
  const count = text.length - astral.length;
  const valid = (offset: number, limit: number): boolean => Number.isInteger(offset) && offset >= 0 && offset <= limit;
  return {
    toUtf16(offset) {
      if (!valid(offset, count)) return undefined;
      // The n-th astral character stands at code point astral[n] - n, and shifts everything behind it by one.
      return offset + countWhere(astral, (place, index) => place - index < offset);
    },
    fromUtf16(offset) {
      if (!valid(offset, text.length)) return undefined;
      const before = countWhere(astral, (place) => place < offset);
      return astral[before - 1] === offset - 1 ? undefined : offset - before;
    },
  };
}

/** The UTF-16 places of the characters that take two units. */
function astralPlaces(text: string): number[] {
  return Array.from(text.matchAll(/[\u{10000}-\u{10FFFF}]/gu), (match) => match.index);
}

/** How many places, counted from the front, fulfil a condition that holds for a front part only. */
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
