import { type ByteChunks, ByteStream } from "../byte-stream.ts";
import { readBinaryRows } from "./binary-vectors.ts";
import { readJsonRows } from "./json-vectors.ts";
import { readTextRows } from "./text-vectors.ts";
import {
  blank,
  decode,
  invalidVectors,
  lineFeed,
  lineLength,
  longestRow,
  type VectorFile,
  type VectorFormat,
} from "./vector-source.ts";
import { VectorsBuilder } from "./vectors-builder.ts";
import type { VectorsOrigin } from "./vectors-file.ts";
import { WordVectors } from "./word-vectors.ts";

/** How `readVectors` reads a file. */
export interface VectorOptions {
  readonly source?: string | undefined;
  /** Defaults to the format detected from the first bytes. */
  readonly format?: VectorFormat | undefined;
  /**
   * Where the vectors come from, asked at the end of the file; defaults to `source`. Ignored for a
   * compact set, which says so itself.
   */
  readonly origin?: (() => VectorsOrigin) | undefined;
}

/**
 * Reads all vectors of a file in one pass. Memory holds 8 bits per number and what one row needs.
 *
 * The first of repeated rows wins. Every row must have the right length, and all numbers must be
 * finite.
 *
 * @throws {DataError} VECTORS_INVALID with the line, or the byte in a binary file
 */
export async function readVectors(chunks: ByteChunks, options: VectorOptions = {}): Promise<WordVectors> {
  const { source, format } = options;
  const stream = new ByteStream(chunks);
  try {
    while (stream.window.length < 64) if (!(await stream.more())) break;
    if (format === "compact" || (format === undefined && WordVectors.recognises(stream.window))) {
      return WordVectors.fromBytes(await allBytes(stream), source);
    }
    const builder = await read(stream, options);
    // To the end of the file, since its checksum may be taken on the way.
    do stream.take(stream.window.length);
    while (await stream.more());
    return builder.finish(options.origin?.() ?? { name: source ?? "unnamed" });
  } finally {
    await stream.close();
  }
}

async function read(stream: ByteStream, { source, format }: VectorOptions): Promise<VectorsBuilder> {
  const json = /^\s*\{\s*("|$)/.test(decode(stream.window.subarray(0, 64)));
  if (format === "json" || (format === undefined && json)) return readJsonRows(stream, source);
  const file = await open(stream, source, format);
  const builder = new VectorsBuilder(file.dimension);
  if (file.format === "word2vec-binary") await readBinaryRows(stream, file, builder);
  else await readTextRows(stream, file, builder);
  return builder;
}

async function allBytes(stream: ByteStream): Promise<Uint8Array> {
  while (await stream.more());
  return stream.window;
}

/** Reads the header, if any, and detects the format. */
async function open(stream: ByteStream, source: string | undefined, format: VectorFormat | undefined): Promise<VectorFile> {
  const length = await lineLength(stream, source, 1);
  if (length === undefined) throw invalidVectors({ source }, "the file is empty");
  const fields = decode(stream.window.subarray(0, length))
    .trim()
    .split(/[ \t]+/);
  const hasHeader =
    format === undefined ? fields.length === 2 && fields.every((field) => /^\d+$/.test(field)) : format !== "glove";
  if (!hasHeader) {
    if (fields.length < 2) throw invalidVectors({ source, line: 1 }, "expected a word and its numbers, found one field");
    return { source, format: "glove", dimension: fields.length - 1, rows: undefined };
  }
  const [rows, dimension] = fields.map(Number);
  if (
    !Number.isSafeInteger(rows) ||
    !Number.isSafeInteger(dimension) ||
    (dimension as number) < 1 ||
    (dimension as number) > 65_536
  ) {
    const found = JSON.stringify(fields.join(" ").slice(0, 60));
    throw invalidVectors({ source, line: 1 }, `expected "rows dimension", found ${found}`);
  }
  stream.take(Math.min(length + 1, stream.window.length));
  const known = format ?? ((await isBinary(stream, dimension as number)) ? "word2vec-binary" : "word2vec-text");
  return { source, format: known, dimension: dimension as number, rows: rows as number };
}

/** Whether the first row, after its word, contains bytes that no printed number has. */
async function isBinary(stream: ByteStream, dimension: number): Promise<boolean> {
  const enough = (): boolean => {
    const space = stream.find(blank);
    return space >= 0 && (stream.find(lineFeed, space) >= 0 || stream.window.length > space + 4 * dimension);
  };
  while (!enough() && stream.window.length < longestRow) if (!(await stream.more())) break;
  const { window } = stream;
  const begin = window.indexOf(blank) + 1;
  const stop = window.indexOf(lineFeed, begin);
  const end = Math.min(stop < 0 ? window.length : stop, begin + 4 * dimension);
  // Decoded as Latin-1, every byte is one character, so no pair of float bytes can look like a
  // letter.
  const numbers = Array.from(window.subarray(begin, end), (byte) => String.fromCharCode(byte)).join("");
  return !/^[-+.0-9eE \t\rnaifNAIF]+$/.test(numbers);
}
