import type { Format } from "./format.ts";
import { jsonl } from "./jsonl.ts";

/** Every annotation format, one line each. The command line, detection and the tests that all formats share walk this table. */
export const formats = {
  jsonl,
} satisfies Record<string, Format>;

export type FormatName = keyof typeof formats;

/**
 * The format of a file, by its ending and its beginning; `undefined` where none fits.
 *
 * Among formats with the ending, the one that recognises the beginning wins, then any format that recognises it. Without a
 * beginning to look at, the ending decides where only one format has it.
 *
 * @param fileName path or name; only its ending counts
 * @param beginning the first lines of the file, at least one whole line or the whole file
 */
export function detectFormat(fileName: string, beginning = ""): Format | undefined {
  const name = fileName.toLowerCase();
  const all: Format[] = Object.values(formats);
  const byEnding = all.filter((format) => format.extensions.some((extension) => name.endsWith(extension)));
  if (!/\S/.test(beginning)) return byEnding.length === 1 ? byEnding[0] : undefined;
  return [...byEnding, ...all].find((format) => format.recognises(beginning));
}
