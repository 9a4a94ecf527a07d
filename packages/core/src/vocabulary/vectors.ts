import { DataError } from "../errors.ts";
import { type ByteChunks, ByteStream } from "./byte-stream.ts";

/**
 * `glove`: one word and its numbers per line. `word2vec-text`: the same after a line "rows
 * dimension" (also fastText's .vec). `word2vec-binary`: the same header, then float32 rows.
 */
export type VectorFormat = "glove" | "word2vec-text" | "word2vec-binary";

/** How `readVectors` reads a file. */
export interface VectorOptions {
  readonly source?: string | undefined;
  /** Defaults to the format detected from the first bytes. */
  readonly format?: VectorFormat | undefined;
  /** Occurrences of a word in the training split, to compute the share of tokens covered. */
  readonly countOf?: ((word: string) => number) | undefined;
}

/** The vectors found for the requested words, with their coverage. */
export interface WordVectors {
  readonly format: VectorFormat;
  readonly dimension: number;
  /** The requested words that were found, in the order requested. */
  readonly words: readonly string[];
  /** Shape [words, dimension], row-major. */
  readonly matrix: Float32Array;
  readonly coverage: {
    readonly asked: number;
    readonly found: number;
    /** How many of the found words matched only in lower case. */
    readonly lowerCased: number;
    /**
     * Share of running words covered, between 0 and 1; `undefined` if `countOf` is absent or always
     * returns 0.
     */
    readonly tokens: number | undefined;
  };
}

/**
 * Reads the vectors of the requested words in one pass over the file. Memory holds only the vectors
 * kept.
 *
 * A word gets its own vector, or else that of its lower-case form. The first of repeated rows wins.
 * Every row must have the right length, and the kept numbers must be finite.
 *
 * @throws {DataError} VECTORS_INVALID with the line, or the byte in a binary file
 */
export async function readVectors(
  chunks: ByteChunks,
  asked: ReadonlySet<string>,
  options: VectorOptions = {},
): Promise<WordVectors> {
  const stream = new ByteStream(chunks);
  const kept = new Map<string, Float32Array>();
  const lowerCased = new Set(Array.from(asked, (word) => word.toLowerCase()));
  const wanted = (word: string): boolean => (asked.has(word) || lowerCased.has(word)) && !kept.has(word);
  try {
    const file = await open(stream, options);
    if (file.format === "word2vec-binary") await readBinary(stream, file, wanted, kept);
    else await readText(stream, file, wanted, kept);
    return gather(file, kept, asked, options.countOf);
  } finally {
    await stream.close();
  }
}

interface VectorFile {
  readonly source: string | undefined;
  readonly format: VectorFormat;
  readonly dimension: number;
  /** From the header; a GloVe file has none. */
  readonly rows: number | undefined;
}

type Wanted = (word: string) => boolean;

const longestRow = 1 << 22;
const lineFeed = 10;
const blank = 32;
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Reads the header, if any, and detects the format. */
async function open(stream: ByteStream, { source, format }: VectorOptions): Promise<VectorFile> {
  const length = await lineLength(stream, source, 1);
  if (length === undefined) throw invalid({ source }, "the file is empty");
  const fields = decoder
    .decode(stream.window.subarray(0, length))
    .trim()
    .split(/[ \t]+/);
  const hasHeader =
    format === undefined ? fields.length === 2 && fields.every((field) => /^\d+$/.test(field)) : format !== "glove";
  if (!hasHeader) {
    if (fields.length < 2) throw invalid({ source, line: 1 }, "expected a word and its numbers, found one field");
    return { source, format: "glove", dimension: fields.length - 1, rows: undefined };
  }
  const [rows, dimension] = fields.map(Number);
  if (
    !Number.isSafeInteger(rows) ||
    !Number.isSafeInteger(dimension) ||
    (dimension as number) < 1 ||
    (dimension as number) > 65_536
  ) {
    throw invalid({ source, line: 1 }, `expected "rows dimension", found ${JSON.stringify(fields.join(" ").slice(0, 60))}`);
  }
  stream.take(Math.min(length + 1, stream.window.length));
  const found = format ?? ((await isBinary(stream, dimension as number)) ? "word2vec-binary" : "word2vec-text");
  return { source, format: found, dimension: dimension as number, rows: rows as number };
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

async function readText(stream: ByteStream, file: VectorFile, wanted: Wanted, kept: Map<string, Float32Array>): Promise<void> {
  const { source, rows, dimension } = file;
  let line = rows === undefined ? 1 : 2;
  let seen = 0;
  for (;;) {
    const length = await lineLength(stream, source, line);
    if (length === undefined) break;
    const row = trimEnd(stream.window.subarray(0, length));
    if (row.length > 0) {
      seen++;
      readTextRow(row, dimension, { source, line }, wanted, kept);
    }
    stream.take(Math.min(length + 1, stream.window.length));
    line++;
  }
  if (rows !== undefined && rows !== seen)
    throw invalid({ source, line }, `the header announces ${rows} rows, the file has ${seen}`);
}

function readTextRow(
  row: Uint8Array,
  dimension: number,
  at: { source: string | undefined; line: number },
  wanted: Wanted,
  kept: Map<string, Float32Array>,
): void {
  const wordEnd = beforeLastFields(row, dimension);
  if (wordEnd <= 0) {
    const fields = decoder.decode(row).split(/[ \t]+/).length;
    throw invalid(at, `expected a word and ${dimension} numbers, found ${fields} fields`);
  }
  const word = decoder.decode(row.subarray(0, wordEnd));
  // Some tokens of GloVe's largest file contain spaces. A number among them means that the row is
  // too long.
  if (
    word.includes(" ") &&
    word
      .split(" ")
      .slice(1)
      .every((piece) => piece !== "" && Number.isFinite(Number(piece)))
  ) {
    throw invalid(at, `expected a word and ${dimension} numbers, found ${word.split(" ").length - 1 + dimension} numbers`);
  }
  if (!wanted(word)) return;
  const numbers = decoder.decode(row.subarray(wordEnd + 1)).split(/[ \t]/);
  const vector = new Float32Array(dimension);
  for (const [index, text] of numbers.entries()) {
    vector[index] = text === "" ? Number.NaN : Number(text);
    if (Number.isFinite(vector[index])) continue;
    throw invalid(at, `number ${index + 1} of ${JSON.stringify(word)} is ${JSON.stringify(text)}, expected a finite number`);
  }
  kept.set(word, vector);
}

async function readBinary(stream: ByteStream, file: VectorFile, wanted: Wanted, kept: Map<string, Float32Array>): Promise<void> {
  const { source, dimension } = file;
  const bytes = 4 * dimension;
  for (let row = 0; row < (file.rows as number); row++) {
    let searched = 0;
    let space = stream.find(blank);
    while (space < 0 || stream.window.length < space + 1 + bytes) {
      if (space < 0 && stream.window.length > longestRow) throw invalid({ source }, `no word ends after byte ${stream.offset}`);
      searched = space < 0 ? stream.window.length : searched;
      if (!(await stream.more())) {
        throw invalid(
          { source },
          `the file ends at byte ${stream.offset + stream.window.length}, in row ${row + 1} of ${file.rows}`,
        );
      }
      if (space < 0) space = stream.find(blank, searched);
    }
    const { window } = stream;
    let begin = 0;
    while (window[begin] === lineFeed) begin++; // some writers end each row with a line feed, some do not
    const word = decoder.decode(window.subarray(begin, space));
    if (wanted(word)) {
      const view = new DataView(window.buffer, window.byteOffset + space + 1, bytes);
      const vector = Float32Array.from({ length: dimension }, (_, index) => view.getFloat32(4 * index, true));
      const fault = vector.findIndex((number) => !Number.isFinite(number));
      if (fault >= 0) {
        const place = stream.offset + space + 1 + 4 * fault;
        throw invalid({ source }, `number ${fault + 1} of ${JSON.stringify(word)}, at byte ${place}, is ${vector[fault]}`);
      }
      kept.set(word, vector);
    }
    stream.take(space + 1 + bytes);
  }
}

function gather(
  { format, dimension }: VectorFile,
  kept: ReadonlyMap<string, Float32Array>,
  asked: ReadonlySet<string>,
  countOf: ((word: string) => number) | undefined,
): WordVectors {
  const words = [...asked].filter((word) => kept.has(word) || kept.has(word.toLowerCase()));
  const matrix = new Float32Array(words.length * dimension);
  for (const [row, word] of words.entries())
    matrix.set((kept.get(word) ?? kept.get(word.toLowerCase())) as Float32Array, row * dimension);
  const count = (list: Iterable<string>): number => Array.from(list).reduce((sum, word) => sum + (countOf?.(word) ?? 0), 0);
  const total = count(asked);
  return {
    format,
    dimension,
    words,
    matrix,
    coverage: {
      asked: asked.size,
      found: words.length,
      lowerCased: words.filter((word) => !kept.has(word)).length,
      tokens: total === 0 ? undefined : count(words) / total,
    },
  };
}

/**
 * The length in bytes of the next line, without its line feed; `undefined` at the end of the
 * stream.
 */
async function lineLength(stream: ByteStream, source: string | undefined, line: number): Promise<number | undefined> {
  let searched = 0;
  for (;;) {
    const end = stream.find(lineFeed, searched);
    if (end >= 0) return end;
    searched = stream.window.length;
    if (searched > longestRow) throw invalid({ source, line }, `the line has more than ${longestRow} bytes`);
    if (!(await stream.more())) return searched === 0 ? undefined : searched;
  }
}

/** The position of the separator before the last `count` fields; -1 if there are fewer fields. */
function beforeLastFields(row: Uint8Array, count: number): number {
  let left = count;
  for (let index = row.length - 1; index >= 0; index--) {
    if (row[index] !== blank && row[index] !== 9) continue;
    left--;
    if (left === 0) return index;
  }
  return -1;
}

function trimEnd(row: Uint8Array): Uint8Array {
  let end = row.length;
  while (end > 0 && [blank, 9, 13].includes(row[end - 1] as number)) end--;
  return row.subarray(0, end);
}

function invalid(at: { source: string | undefined; line?: number }, message: string): DataError {
  const hint = "the file may be truncated or in another format; download it again, or set its format";
  return new DataError("VECTORS_INVALID", { at, message, hint });
}
