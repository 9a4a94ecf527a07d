import { DataError, type Location } from "../../errors.ts";
import type { TagScheme } from "../../text/index.ts";
import type { Omit } from "./records.ts";

/** A tag of BIO, BIOES or BILOU; `B` alone marks an entity without a type. */
export const tagPattern = /^(?:O|[BIESLU](?:-\S+)?)$/u;

/** Splits at tabs if there are any, otherwise at spaces. */
export function columnsOf(line: string): string[] {
  return line.includes("\t") ? line.trimEnd().split("\t") : line.trim().split(/ +/);
}

/**
 * Whether the first of three or more columns numbers the rows of every sentence from 1, as in
 * CoNLL-U.
 *
 * @param lines rows without comments; empty lines end sentences, and the last sentence may be
 * truncated
 */
export function areNumbered(lines: readonly string[]): boolean {
  let expected = 1;
  let longest = 0;
  for (const line of lines) {
    if (line.trim() === "") {
      expected = 1;
      continue;
    }
    const [id = "", ...others] = columnsOf(line);
    if (/^\d+[-.]\d+$/.test(id) && others.length > 1) continue;
    if (id !== String(expected) || others.length < 2) return false;
    longest = Math.max(longest, expected);
    expected++;
  }
  return longest > 1;
}

/**
 * The scheme of a sentence's tags.
 *
 * @throws {DataError} LABEL_UNKNOWN if the tags belong to two schemes
 */
export function schemeOf(tags: readonly string[], at: Location): TagScheme {
  const letters = new Set(tags.map((tag) => tag.charAt(0)));
  const [bioes, bilou] = [letters.has("E") || letters.has("S"), letters.has("L") || letters.has("U")];
  if (bioes && bilou) {
    const message = "the tags of the sentence mix E and S with L and U, but no scheme has both";
    throw new DataError("LABEL_UNKNOWN", { at, message });
  }
  return bioes ? "bioes" : bilou ? "bilou" : "bio";
}

/** The text as one column; reports tabs and line breaks, which become spaces. */
export function oneColumn(text: string, path: string, omit: Omit): string {
  if (!/[\t\r\n]/.test(text)) return text;
  omit(path, "it contains a tab or a line break; written as spaces");
  return text.replace(/[\t\r\n]/g, " ");
}
