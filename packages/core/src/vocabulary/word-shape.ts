/** The shapes that classify unknown words, in the order of their rows in a vocabulary. */
export const wordShapes = [
  "other",
  "digits",
  "with digit",
  "punctuation",
  "hyphenated",
  "capitals",
  "capitalised",
  "ends in ing",
  "ends in ed",
  "ends in ly",
  "ends in s",
] as const;

/** One of `wordShapes`. */
export type WordShape = (typeof wordShapes)[number];

/** The first shape that fits, from the most to the least specific. */
export function wordShape(word: string): WordShape {
  if (/\p{N}/u.test(word)) return /^[\p{N}.,:/%+-]+$/u.test(word) ? "digits" : "with digit";
  if (!/\p{L}/u.test(word)) return "punctuation";
  if (/\p{L}[-‐‑]\p{L}/u.test(word)) return "hyphenated";
  if (/^\p{Lu}/u.test(word)) return /\p{Ll}/u.test(word) || /^\p{Lu}$/u.test(word) ? "capitalised" : "capitals";
  if (word.length > 4 && word.endsWith("ing")) return "ends in ing";
  if (word.length > 3 && word.endsWith("ed")) return "ends in ed";
  if (word.length > 3 && word.endsWith("ly")) return "ends in ly";
  if (word.length > 3 && word.endsWith("s")) return "ends in s";
  return "other";
}

/**
 * The index of a word's shape in `wordShapes`. Remembers words, since most of a text are the same
 * few.
 */
export function wordShapeIndex(word: string): number {
  const known = remembered.get(word);
  if (known !== undefined) return known;
  const index = wordShapes.indexOf(wordShape(word));
  if (word.length > longestRemembered) return index;
  if (remembered.size >= maxRemembered) remembered.clear();
  remembered.set(word, index);
  return index;
}

const remembered = new Map<string, number>();
const maxRemembered = 1 << 15;
const longestRemembered = 40;
