import { DataError } from "../../errors.ts";
import type { ByteStream } from "../byte-stream.ts";

/**
 * `glove`: one word and its numbers per line. `word2vec-text`: the same after a line "rows
 * dimension" (also fastText's .vec). `word2vec-binary`: the same header, then float32 rows. `json`:
 * an object whose `vectors` maps each word to its numbers, of which the first `dimensions` count.
 * `compact`: what Weft writes.
 */
export type VectorFormat = "glove" | "word2vec-text" | "word2vec-binary" | "json" | "compact";

/** What is known of a file before its first row. */
export interface VectorFile {
  readonly source: string | undefined;
  readonly format: VectorFormat;
  readonly dimension: number;
  /** From the header; a GloVe file has none. */
  readonly rows: number | undefined;
}

/** The most bytes that a line or a row may take. */
export const longestRow = 1 << 22;

/** Bytes of the formats. */
export const lineFeed = 10;
export const blank = 32;
export const tab = 9;

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Decodes UTF-8 and keeps every character. */
export function decode(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/**
 * The length in bytes of the next line, without its line feed; `undefined` at the end of the
 * stream.
 */
export async function lineLength(stream: ByteStream, source: string | undefined, line: number): Promise<number | undefined> {
  let searched = 0;
  for (;;) {
    const end = stream.find(lineFeed, searched);
    if (end >= 0) return end;
    searched = stream.window.length;
    if (searched > longestRow) throw invalidVectors({ source, line }, `the line has more than ${longestRow} bytes`);
    if (!(await stream.more())) return searched === 0 ? undefined : searched;
  }
}

/** The error of a malformed file of vectors. */
export function invalidVectors(at: { source: string | undefined; line?: number }, message: string): DataError {
  const hint = "the file may be truncated or in another format; download it again, or set its format";
  return new DataError("VECTORS_INVALID", { at, message, hint });
}
