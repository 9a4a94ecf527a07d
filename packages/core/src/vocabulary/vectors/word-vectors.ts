import {
  invalidVectors,
  isVectorsFile,
  packVectors,
  readHeader,
  sharedBytes,
  type VectorsContents,
  type VectorsHeader,
  type VectorsOrigin,
} from "./vectors-file.ts";

/** How a word was found: as written, in lower case, or with every digit read as 0. */
export type VectorMatch = "exact" | "lowerCased" | "digitsFolded";

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

  private constructor(bytes: Uint8Array, { count, dimension, origin, deviation, digest }: VectorsHeader, at: number) {
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
  static of(contents: VectorsContents): WordVectors {
    const { bytes, header, at } = packVectors(contents);
    return new WordVectors(bytes, header, at);
  }

  /** Whether a file begins as one of these does. */
  static recognises(beginning: Uint8Array): boolean {
    return isVectorsFile(beginning);
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
    if (found !== this.count) throw invalidVectors(source, `expected ${this.count} words, found ${found}`);
    for (let row = 0; row < this.count; row++) {
      if (!((this.#scales[row] as number) >= 0 && (this.#scales[row] as number) < Infinity)) {
        throw invalidVectors(source, `the scale of row ${row} is ${this.#scales[row]}`);
      }
    }
    const starts = this.#index();
    for (let row = 1; row < this.count; row++) {
      const [a, b, c] = [starts[row - 1] as number, starts[row] as number, starts[row + 1] as number];
      if (compareBytes(this.#words, a, b - 1, b, c - 1) >= 0)
        throw invalidVectors(source, `the words are not sorted at row ${row}`);
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
