import type { ByteStream } from "../byte-stream.ts";
import { parseDecimal } from "./parse-decimal.ts";
import { blank, decode, invalidVectors, lineLength, tab, type VectorFile } from "./vector-source.ts";
import type { VectorsBuilder } from "./vectors-builder.ts";

/** Reads the rows of a GloVe or word2vec text file. */
export async function readTextRows(stream: ByteStream, file: VectorFile, builder: VectorsBuilder): Promise<void> {
  const { source, rows } = file;
  const row = new Float32Array(file.dimension);
  let line = rows === undefined ? 1 : 2;
  let seen = 0;
  for (;;) {
    // Most lines lie in the window already; waiting for each would take longer than reading it.
    const buffered = stream.find(10);
    const length = buffered >= 0 ? buffered : await lineLength(stream, source, line);
    if (length === undefined) break;
    const text = trimEnd(stream.window.subarray(0, length));
    if (text.length > 0) {
      seen++;
      readRow(text, { source, line }, row, builder);
    }
    stream.take(Math.min(length + 1, stream.window.length));
    line++;
  }
  if (rows !== undefined && rows !== seen) {
    throw invalidVectors({ source, line }, `the header announces ${rows} rows, the file has ${seen}`);
  }
}

function readRow(
  text: Uint8Array,
  at: { source: string | undefined; line: number },
  row: Float32Array,
  builder: VectorsBuilder,
): void {
  const dimension = row.length;
  const wordEnd = beforeLastFields(text, dimension);
  if (wordEnd <= 0) {
    const fields = decode(text).split(/[ \t]+/).length;
    throw invalidVectors(at, `expected a word and ${dimension} numbers, found ${fields} fields`);
  }
  const word = text.subarray(0, wordEnd);
  if (word.includes(blank)) requireWord(decode(word), dimension, at);
  let start = wordEnd + 1;
  for (let index = 0; index < dimension; index++) {
    let end = start;
    while (end < text.length && text[end] !== blank && text[end] !== tab) end++;
    const value = Math.fround(parseDecimal(text, start, end));
    if (!Number.isFinite(value)) {
      const [name, found] = [word, text.subarray(start, end)].map((bytes) => JSON.stringify(decode(bytes)));
      throw invalidVectors(at, `number ${index + 1} of ${name} is ${found}, expected a finite number`);
    }
    row[index] = value;
    start = end + 1;
  }
  builder.add(word, row);
}

/**
 * Some tokens of GloVe's largest file contain spaces. A number among them means that the row is too
 * long.
 */
function requireWord(word: string, dimension: number, at: { source: string | undefined; line: number }): void {
  const [, ...others] = word.split(" ");
  if (!others.every((piece) => piece !== "" && Number.isFinite(Number(piece)))) return;
  throw invalidVectors(at, `expected a word and ${dimension} numbers, found ${others.length + dimension} numbers`);
}

/** The position of the separator before the last `count` fields; -1 if there are fewer fields. */
function beforeLastFields(row: Uint8Array, count: number): number {
  let left = count;
  for (let index = row.length - 1; index >= 0; index--) {
    if (row[index] !== blank && row[index] !== tab) continue;
    left--;
    if (left === 0) return index;
  }
  return -1;
}

function trimEnd(row: Uint8Array): Uint8Array {
  let end = row.length;
  while (end > 0 && [blank, tab, 13].includes(row[end - 1] as number)) end--;
  return row.subarray(0, end);
}
