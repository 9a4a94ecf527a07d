import { DataError } from "../../errors.ts";

/** The text of a file, request or string, in chunks of any size. */
export type TextChunks = Iterable<string> | AsyncIterable<string>;

/** A line without its line end. `number` counts from 1. */
export interface Line {
  readonly text: string;
  readonly number: number;
}

/**
 * The maximum UTF-16 units of one line: far more than any document, far less than would exhaust
 * memory.
 */
export const longestLine = 1 << 26;

/**
 * Streams the lines of a text. Only LF and CRLF end a line, so U+2028 and similar characters stay
 * inside. Drops a byte order mark at the start. The last line needs no line end.
 *
 * @throws {DataError} LINE_TOO_LONG for a line of more than `limit` units
 */
export async function* readLines(chunks: TextChunks, source?: string, limit = longestLine): AsyncGenerator<Line> {
  for await (const lines of readLineGroups(chunks, source, limit)) yield* lines;
}

/**
 * Like `readLines`, but yields all lines that end in one chunk together. Awaiting each short line
 * takes longer than reading it.
 */
export async function* readLineGroups(chunks: TextChunks, source?: string, limit = longestLine): AsyncGenerator<readonly Line[]> {
  let number = 1;
  let pending: string[] = [];
  let pendingUnits = 0;
  let atStart = true;
  for await (const chunk of chunks) {
    if (chunk === "") continue;
    let from = atStart && chunk.charCodeAt(0) === 0xfeff ? 1 : 0;
    atStart = false;
    const lines: Line[] = [];
    for (let end = chunk.indexOf("\n", from); end >= 0; end = chunk.indexOf("\n", from)) {
      if (pendingUnits + end - from > limit) {
        yield lines;
        throw tooLong(limit, source, number);
      }
      const text = pendingUnits === 0 ? chunk.slice(from, end) : pending.join("") + chunk.slice(from, end);
      lines.push({ text: text.endsWith("\r") ? text.slice(0, -1) : text, number });
      number++;
      if (pendingUnits > 0) pending = [];
      pendingUnits = 0;
      from = end + 1;
    }
    if (lines.length > 0) yield lines;
    if (from === chunk.length) continue;
    pending.push(chunk.slice(from));
    pendingUnits += chunk.length - from;
    if (pendingUnits > limit) throw tooLong(limit, source, number);
  }
  const text = pending.join("");
  if (text !== "") yield [{ text: text.endsWith("\r") ? text.slice(0, -1) : text, number }];
}

/**
 * Joins all chunks into one string without a byte order mark, for formats with one value per file.
 *
 * @throws {DataError} LINE_TOO_LONG for more than `longestLine` units
 */
export async function readWhole(chunks: TextChunks, source?: string): Promise<string> {
  const parts: string[] = [];
  let units = 0;
  for await (const chunk of chunks) {
    parts.push(chunk);
    units += chunk.length;
    if (units > longestLine) {
      const message = `the file has more than ${longestLine} UTF-16 units`;
      throw new DataError("LINE_TOO_LONG", { at: { source }, message, hint: "a file of this kind holds one document" });
    }
  }
  const text = parts.join("");
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

function tooLong(limit: number, source: string | undefined, line: number): DataError {
  return new DataError("LINE_TOO_LONG", {
    at: { source, line },
    message: `the line has more than ${limit} UTF-16 units`,
    hint: "write one document per line",
  });
}
