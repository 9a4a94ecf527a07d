import { DataError } from "../../errors.ts";

/** What a set of word vectors is and where it comes from. */
export interface VectorsOrigin {
  /** The name of the file, the package or the set. */
  readonly name: string;
  /** The SHA-256 of the file that the vectors were read from, in hexadecimal. */
  readonly sha256?: string | undefined;
  /** The SPDX identifier or the name of the licence, if known. */
  readonly licence?: string | undefined;
}

/** Sizes of a set of word vectors. */
export interface VectorsShape {
  /** Number of words. */
  readonly count: number;
  /** Numbers per word, D. */
  readonly dimension: number;
}

/** How a word was found: as written, in lower case, or with every digit read as 0. */
export type VectorMatch = "exact" | "lowerCased" | "digitsFolded";

interface Header extends VectorsShape {
  readonly origin: VectorsOrigin;
  /** Standard deviation of all numbers. */
  readonly deviation: number;
  /** A hash of scales, codes and words, which identifies the contents. */
  readonly digest: string;
  readonly wordBytes: number;
}

/** What a set is made from; `VectorsBuilder` makes it. */
export interface VectorsContents extends VectorsShape {
  readonly origin: VectorsOrigin;
  /** The number that 1 stands for in each row, [count]. */
  readonly scales: Float32Array;
  /** [count, dimension], row-major. */
  readonly codes: Int8Array;
  /** The words in UTF-8, in the order of their bytes, with a line feed between them. */
  readonly words: Uint8Array;
}

const magic = Uint8Array.of(0x57, 0x45, 0x46, 0x54, 0x56, 0x45, 0x43, 1); // WEFTVEC, version 1
const lineFeed = 10;

/**
 * The vectors of many words. Nothing trains them, so they are stored compactly: each row is 8 bits
 * per number and one scale, and the words are sorted bytes that are searched where they lie. The
 * whole set is one block of memory, the same as its file, which threads share where the platform
 * allows it.
 */
export class WordVectors {
  readonly count: number;
  readonly dimension: number;
  readonly origin: VectorsOrigin;
  /** Standard deviation of all numbers of the set. */
  readonly deviation: number;
  /** Identifies the contents: sets with the same words and numbers have the same digest. */
  readonly digest: string;
  readonly #bytes: Uint8Array;
  readonly #scales: Float32Array;
  readonly #codes: Int8Array;
  readonly #words: Uint8Array;
  /** The byte at which each word starts, and the end of the last plus 1; made when first needed. */
  #starts: Uint32Array | undefined;

  private constructor(bytes: Uint8Array, { count, dimension, origin, deviation, digest }: Header, at: number) {
    this.count = count;
    this.dimension = dimension;
    this.origin = origin;
    this.deviation = deviation;
    this.digest = digest;
    this.#bytes = bytes;
    this.#scales = new Float32Array(bytes.buffer, bytes.byteOffset + at, count);
    this.#codes = new Int8Array(bytes.buffer, bytes.byteOffset + at + 4 * count, count * dimension);
    this.#words = bytes.subarray(at + 4 * count + count * dimension);
  }

  /** Packs a set; `contents` must be as its comments say. */
  static of({ count, dimension, origin, scales, codes, words }: VectorsContents): WordVectors {
    const digest = digestOf([bytesOf(scales), bytesOf(codes), words]);
    const deviation = deviationOf(scales, codes, dimension);
    const header: Header = { count, dimension, origin, deviation, digest, wordBytes: words.length };
    const text = new TextEncoder().encode(JSON.stringify(header));
    const headerBytes = Math.ceil(text.length / 4) * 4;
    const at = 12 + headerBytes;
    const bytes = sharedBytes(at + 4 * count + codes.length + words.length);
    bytes.set(magic);
    new DataView(bytes.buffer).setUint32(8, headerBytes, true);
    bytes.fill(0x20, 12, at);
    bytes.set(text, 12);
    bytes.set(bytesOf(scales), at);
    bytes.set(bytesOf(codes), at + 4 * count);
    bytes.set(words, at + 4 * count + codes.length);
    return new WordVectors(bytes, header, at);
  }

  /** Whether a file begins as one of these does. */
  static recognises(beginning: Uint8Array): boolean {
    return beginning.length >= magic.length && magic.every((byte, index) => beginning[index] === byte);
  }

  /**
   * Reads the bytes of a file that `bytes` wrote.
   *
   * @throws {DataError} VECTORS_INVALID if the file is truncated, is of another kind or contradicts
   *   itself
   */
  static fromBytes(file: Uint8Array, source?: string): WordVectors {
    const bytes = sharedBytes(file.length);
    bytes.set(file);
    const { header, at } = readHeader(bytes, source);
    const vectors = new WordVectors(bytes, header, at);
    vectors.#check(source);
    return vectors;
  }

  /** A set on the memory of another thread's; `shared` comes from its `share`. */
  static attach(shared: Uint8Array): WordVectors {
    const { header, at } = readHeader(shared, undefined);
    return new WordVectors(shared, header, at);
  }

  /** The memory of the set, to post to another thread. Where memory can be shared, it is. */
  share(): Uint8Array {
    return this.#bytes;
  }

  /** The file of the set. */
  bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice();
  }

  /** Writes a row, dequantised, into D floats. */
  read(row: number, into: Float32Array): void {
    const { dimension } = this;
    const scale = this.#scales[row] as number;
    const from = row * dimension;
    for (let j = 0; j < dimension; j++) into[j] = (this.#codes[from + j] as number) * scale;
  }

  /** The row of exactly this word; −1 if there is none. */
  find(word: string): number {
    const length = encode(word);
    if (length < 0) return -1;
    const starts = this.#index();
    let [low, high] = [0, this.count - 1];
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const order = this.#compare(starts[middle] as number, (starts[middle + 1] as number) - 1, length);
      if (order === 0) return middle;
      if (order < 0) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  /**
   * Finds a word as it is written, else in lower case, else with its digits read as 0.
   *
   * @returns undefined if none of these has a vector
   */
  match(word: string): { readonly row: number; readonly by: VectorMatch } | undefined {
    const exact = this.find(word);
    if (exact >= 0) return { row: exact, by: "exact" };
    const lower = word.toLowerCase();
    const cased = lower === word ? -1 : this.find(lower);
    if (cased >= 0) return { row: cased, by: "lowerCased" };
    const folded = foldDigits(word);
    if (folded === word) return undefined;
    const row = this.find(folded);
    const either = row >= 0 || lower === word ? row : this.find(foldDigits(lower));
    return either < 0 ? undefined : { row: either, by: "digitsFolded" };
  }

  /** The words in the order of the rows. */
  words(): string[] {
    if (this.count === 0) return [];
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(this.#words.slice()).split("\n");
  }

  #index(): Uint32Array {
    if (this.#starts !== undefined) return this.#starts;
    const starts = new Uint32Array(this.count + 1);
    let [row, at] = [0, 0];
    while (row < this.count) {
      const end = this.#words.indexOf(lineFeed, at);
      at = end < 0 ? this.#words.length + 1 : end + 1;
      starts[++row] = at;
    }
    this.#starts = starts;
    return starts;
  }

  /** Below 0 if the stored word comes before the encoded one, above 0 if after it. */
  #compare(start: number, end: number, length: number): number {
    const words = this.#words;
    const shared = Math.min(end - start, length);
    for (let k = 0; k < shared; k++) {
      const difference = (words[start + k] as number) - (encoded[k] as number);
      if (difference !== 0) return difference;
    }
    return end - start - length;
  }

  #check(source: string | undefined): void {
    let found = this.#words.length === 0 && this.count !== 1 ? 0 : 1;
    for (const byte of this.#words) if (byte === lineFeed) found++;
    if (found !== this.count) throw invalid(source, `expected ${this.count} words, found ${found}`);
    for (let row = 0; row < this.count; row++) {
      if (!((this.#scales[row] as number) >= 0 && (this.#scales[row] as number) < Infinity)) {
        throw invalid(source, `the scale of row ${row} is ${this.#scales[row]}`);
      }
    }
    const starts = this.#index();
    for (let row = 1; row < this.count; row++) {
      const [a, b, c] = [starts[row - 1] as number, starts[row] as number, starts[row + 1] as number];
      if (compareBytes(this.#words, a, b - 1, b, c - 1) >= 0) throw invalid(source, `the words are not sorted at row ${row}`);
    }
  }
}

/** Reads every digit as 0. */
export function foldDigits(word: string): string {
  return /[^A-Za-z]/.test(word) ? word.replace(/\p{Nd}/gu, "0") : word;
}

/** Compares two ranges of bytes like the words of a set: below 0 if the first comes first. */
export function compareBytes(bytes: Uint8Array, a: number, aEnd: number, b: number, bEnd: number): number {
  const shared = Math.min(aEnd - a, bEnd - b);
  for (let k = 0; k < shared; k++) {
    const difference = (bytes[a + k] as number) - (bytes[b + k] as number);
    if (difference !== 0) return difference;
  }
  return aEnd - a - (bEnd - b);
}

const encoder = new TextEncoder();
const encoded = new Uint8Array(1024);

/** Encodes a word into `encoded`; −1 for one that is too long to be in any set. */
function encode(word: string): number {
  if (word.length * 3 > encoded.length) return -1;
  return encoder.encodeInto(word, encoded).written;
}

function readHeader(bytes: Uint8Array, source: string | undefined): { header: Header; at: number } {
  if (!WordVectors.recognises(bytes) || bytes.length < 12) throw invalid(source, "the file is not a compact set of word vectors");
  const headerBytes = new DataView(bytes.buffer, bytes.byteOffset).getUint32(8, true);
  const at = 12 + headerBytes;
  if (at > bytes.length || headerBytes % 4 !== 0) throw invalid(source, `the header should take ${headerBytes} bytes`);
  const header = parseHeader(bytes.slice(12, at), source);
  const { count, dimension, wordBytes } = header;
  const length = at + count * (4 + dimension) + wordBytes;
  if (length !== bytes.length) {
    throw invalid(source, `${count} words of ${dimension} numbers should take ${length} bytes, but there are ${bytes.length}`);
  }
  return { header, at };
}

function parseHeader(bytes: Uint8Array, source: string | undefined): Header {
  let value: Partial<Record<keyof Header, unknown>>;
  try {
    value = Object(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)));
  } catch {
    throw invalid(source, "the header is not valid JSON");
  }
  const { count, dimension, deviation, digest, wordBytes } = value;
  const origin: Partial<Record<keyof VectorsOrigin, unknown>> = Object(value.origin);
  const whole = (number: unknown, min: number): number is number => Number.isSafeInteger(number) && (number as number) >= min;
  const { name, sha256, licence } = origin;
  if (
    !whole(count, 0) ||
    !whole(dimension, 1) ||
    !whole(wordBytes, 0) ||
    count > 2 ** 31 ||
    dimension > 65_536 ||
    !(typeof deviation === "number" && deviation >= 0 && deviation < Infinity) ||
    typeof digest !== "string" ||
    typeof name !== "string"
  ) {
    throw invalid(source, "the header lacks count, dimension, deviation, digest, wordBytes or origin");
  }
  const text = (item: unknown): string | undefined => (typeof item === "string" ? item : undefined);
  return { count, dimension, deviation, digest, wordBytes, origin: { name, sha256: text(sha256), licence: text(licence) } };
}

function deviationOf(scales: Float32Array, codes: Int8Array, dimension: number): number {
  let [sum, squares] = [0, 0];
  for (const [row, scale] of scales.entries()) {
    for (let k = row * dimension; k < (row + 1) * dimension; k++) {
      const value = (codes[k] as number) * scale;
      sum += value;
      squares += value * value;
    }
  }
  if (codes.length === 0) return 0;
  const mean = sum / codes.length;
  return Math.sqrt(Math.max(0, squares / codes.length - mean * mean));
}

/** FNV-1a in two lanes; it identifies contents but does not protect against forgery. */
function digestOf(parts: readonly Uint8Array[]): string {
  let [low, high] = [0x811c9dc5, 0x9e3779b9];
  for (const part of parts) {
    for (let k = 0; k < part.length; k++) {
      const byte = part[k] as number;
      low = Math.imul(low ^ byte, 0x01000193);
      high = Math.imul(high ^ (byte + k), 0x85ebca6b) ^ (high >>> 15);
    }
  }
  return [low, high].map((lane) => (lane >>> 0).toString(16).padStart(8, "0")).join("");
}

function bytesOf(array: Float32Array | Int8Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

function sharedBytes(length: number): Uint8Array {
  return typeof SharedArrayBuffer === "undefined" ? new Uint8Array(length) : new Uint8Array(new SharedArrayBuffer(length));
}

function invalid(source: string | undefined, message: string): DataError {
  const hint = "the file may be truncated; copy it, or install the package that it comes from, again";
  return new DataError("VECTORS_INVALID", { at: { source }, message, hint });
}
