import { type FileHandle, open } from "node:fs/promises";
import { fileFailure, readByteLines } from "@weft-nlp/node/files";
import { type CutOptions, cutInput, maxShardBytes } from "./cut-input.ts";

/**
 * Cuts an input that is not compressed into ranges of about so many records, by their average
 * length at its beginning. Reads only around the cuts, so a terabyte takes minutes.
 *
 * @param bytes the size of the input
 */
export async function* seekCuts(
  path: string,
  bytes: number,
  options: CutOptions,
): AsyncGenerator<{ readonly start: number; readonly end: number }> {
  const step = Math.min(maxShardBytes, Math.max(1, Math.round(options.records * (await averageBytes(path, options)))));
  const find = options.kind === "paragraphs" ? nextParagraph : nextLine;
  const handle = await open(path).catch((cause: unknown) => {
    throw fileFailure(cause, path, "read");
  });
  try {
    for (let start = 0; start < bytes; ) {
      const end = start + step >= bytes ? bytes : await find({ path, handle, bytes }, start + step);
      yield { start, end };
      start = end;
      options.signal?.throwIfAborted();
    }
  } catch (cause) {
    throw fileFailure(cause, path, "read");
  } finally {
    await handle.close();
  }
}

/** Bytes at the beginning of an input that tell how long its records are. */
const sampleBytes = 1 << 22;

async function averageBytes(path: string, options: CutOptions): Promise<number> {
  for await (const { start, end, records } of cutInput(path, {
    ...options,
    records: Number.POSITIVE_INFINITY,
    maxBytes: sampleBytes,
    range: undefined,
    onPiece: undefined,
  }))
    return (end - start) / records;
  return sampleBytes;
}

interface SeekInput {
  readonly path: string;
  readonly handle: FileHandle;
  readonly bytes: number;
}

/** The first line that begins at a byte or after it. */
async function nextLine({ handle, bytes }: SeekInput, from: number): Promise<number> {
  const buffer = Buffer.allocUnsafe(1 << 16);
  // A line that begins at `from` follows the line end before it.
  for (let at = from - 1; at < bytes; ) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) return bytes;
    const found = buffer.subarray(0, bytesRead).indexOf(newline);
    if (found >= 0) return at + found + 1;
    at += bytesRead;
  }
  return bytes;
}

const newline = 10;

/** The first line at a byte or after it that follows a blank line and is not blank. */
async function nextParagraph(input: SeekInput, from: number): Promise<number> {
  const start = await nextLine(input, from);
  if (start >= input.bytes) return input.bytes;
  let afterBlank = false;
  for await (const lines of readByteLines(input.path, { from: { byte: start, line: 1 }, seek: start })) {
    for (const { text, start: byte, overlong } of lines) {
      const blank = overlong === undefined && text?.trim() === "";
      if (afterBlank && !blank) return byte;
      afterBlank = blank;
    }
  }
  return input.bytes;
}
