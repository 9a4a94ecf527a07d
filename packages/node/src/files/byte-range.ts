import { open, stat } from "node:fs/promises";
import { DataError } from "@weft-nlp/core";
import { UsageError } from "../errors.ts";
import { readByteLines } from "./byte-lines.ts";
import { fileFailure } from "./file-failure.ts";
import { type ReadTextOptions, readBytes, standardStream } from "./read-text.ts";

/**
 * Half-open bytes of a file, of the unpacked text if it is compressed. A record belongs to the
 * range in which it begins, so ranges that cover a file cover each of its records once, wherever
 * they meet.
 */
export interface ByteRange {
  readonly start: number;
  /** Defaults to the end of the file. */
  readonly end?: number | undefined;
  /**
   * The number of the line that begins at `start`, counted from 1, if it is known. Saves reading
   * what is before.
   */
  readonly line?: number | undefined;
}

/** Where the first record of a range begins, and which byte to read first. */
interface RangeStart {
  readonly byte: number;
  readonly line: number;
  /** 0 if the file has to be read from its beginning. */
  readonly seek: number;
}

/**
 * Finds the first record that begins in a range.
 *
 * @param paragraphs whether blank lines separate records; otherwise lines are records
 * @returns undefined if none begins there or after it
 * @throws {UsageError} for standard input, which cannot be read twice
 * @throws {DataError} FIELD_INVALID if `line` is given and no line begins at `start`
 */
export async function startOfRange(
  path: string,
  paragraphs: boolean,
  range: ByteRange | undefined,
  options: ReadTextOptions,
): Promise<RangeStart | undefined> {
  if (range === undefined || range.start === 0) return { byte: 0, line: 1, seek: 0 };
  if (path === standardStream) throw new UsageError("--range needs a file: standard input cannot be read twice");
  const { start, line } = range;
  const plain = await isPlain(path);
  if (line !== undefined && plain) {
    if (await beginsLine(path, start)) return { byte: start, line, seek: start };
    const message = `no line begins at byte ${start}`;
    throw new DataError("FIELD_INVALID", {
      at: { source: path },
      message,
      hint: "omit the number of the line, which finds the next one",
    });
  }
  const found = paragraphs ? await firstParagraph(path, start, options) : await firstLine(path, start, options);
  return found && { ...found, seek: plain ? found.byte : 0 };
}

/** Whether reading can begin anywhere in the file. */
async function isPlain(path: string): Promise<boolean> {
  return inFile(path, async (read) => {
    const [first, second] = await read(0, 2);
    return !(first === 0x1f && second === 0x8b);
  });
}

async function beginsLine(path: string, start: number): Promise<boolean> {
  return inFile(path, async (read) => (await read(start - 1, 1))[0] === newline);
}

async function inFile(
  path: string,
  look: (read: (position: number, length: number) => Promise<Uint8Array>) => Promise<boolean>,
): Promise<boolean> {
  try {
    if (!(await stat(path)).isFile()) return false;
    const handle = await open(path);
    try {
      return await look(async (position, length) => {
        const { bytesRead, buffer } = await handle.read(new Uint8Array(length), 0, length, position);
        return buffer.subarray(0, bytesRead);
      });
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw fileFailure(cause, path, "read");
  }
}

const newline = 10;

type Place = Pick<RangeStart, "byte" | "line">;

/** Counts the lines before a byte without looking at what they say. */
async function firstLine(path: string, start: number, options: ReadTextOptions): Promise<Place | undefined> {
  let [at, line, begins] = [0, 1, true];
  for await (const chunk of readBytes(path, options)) {
    const end = Math.min(chunk.length, start - at);
    if (end > 0) {
      let from = 0;
      for (let found = chunk.indexOf(newline); found >= 0 && found < end; found = chunk.indexOf(newline, from)) {
        line++;
        from = found + 1;
      }
      begins = from === end;
    }
    if (end < chunk.length) {
      if (begins) return { byte: start, line };
      const found = chunk.indexOf(newline, Math.max(0, end));
      if (found >= 0) return { byte: at + found + 1, line: line + 1 };
    }
    at += chunk.length;
  }
  return undefined;
}

async function firstParagraph(path: string, start: number, options: ReadTextOptions): Promise<Place | undefined> {
  let afterBlank = true;
  for await (const lines of readByteLines(path, options)) {
    for (const { text, start: byte, number, overlong } of lines) {
      const blank = overlong === undefined && text?.trim() === "";
      if (byte >= start && !blank && (afterBlank || overlong === "begins")) return { byte, line: number };
      afterBlank = blank || overlong === "ends";
    }
  }
  return undefined;
}
