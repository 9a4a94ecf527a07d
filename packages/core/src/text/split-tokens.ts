import type { Token } from "../schema/index.ts";

/**
 * Where `tokenize` also splits. `units`: between a number and the letters of its unit (`5mg`,
 * `10km/h`, not `2nd` or `1990s`). `hyphens`: at each hyphen inside a word (`COVID-19-related`).
 */
export const tokenSplits = ["units", "hyphens"] as const;

/** One of `tokenSplits`. */
export type TokenSplit = (typeof tokenSplits)[number];

/** Splits tokens further. The pieces of a token cover the same characters. */
export function splitTokens(tokens: readonly Token[], splits: readonly TokenSplit[]): Token[] {
  return tokens.flatMap((token) => {
    const cuts = cutsOf(token.text, splits);
    return cuts.length === 0 ? [token] : cutToken(token, cuts);
  });
}

/**
 * Cuts a token at characters of its text.
 *
 * @param cuts UTF-16 offsets in the token, ascending, each inside it
 */
export function cutToken({ text, start }: Token, cuts: readonly number[]): Token[] {
  return [0, ...cuts].map((from, index) => {
    const to = cuts[index] ?? text.length;
    return { text: text.slice(from, to), start: start + from, end: start + to };
  });
}

/** The UTF-16 offsets inside a token at which these rules split it, ascending. */
export function cutsOf(text: string, splits: readonly TokenSplit[]): number[] {
  if (splits.length === 0 || text.length < 2 || /^(?:https?|ftp):|^www\.|@/u.test(text)) return [];
  const cuts = new Set<number>();
  if (splits.includes("units")) for (const match of text.matchAll(numberBeforeUnit)) cuts.add(match.index + match[0].length);
  if (splits.includes("hyphens")) {
    for (const { index } of text.matchAll(innerHyphen)) cuts.add(index).add(index + 1);
  }
  return [...cuts].sort((a, b) => a - b);
}

/** Ordinals and decades are words of their own: 2nd, 1990s. */
const numberBeforeUnit =
  /(?<![\p{L}\p{N}.,:])\p{N}{1,30}(?:[.,:]\p{N}{1,30}){0,5}(?!(?:st|nd|rd|th|s)(?![\p{L}\p{N}]))(?=[\p{L}µ]{1,30}[²³23]?(?![\p{L}\p{N}]))/gu;
const innerHyphen = /(?<=[\p{L}\p{N}\p{M}.)\]}])[-‐‑](?=[\p{L}\p{N}([{])/gu;
