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
