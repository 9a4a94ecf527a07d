import type { VectorsOrigin } from "./vectors-file.ts";
import { compareBytes, WordVectors } from "./word-vectors.ts";

const lineFeed = 10;
const largestCode = 127;

/**
 * Collects word vectors row by row and holds them as compactly as the finished set does. The first
 * of repeated words wins, and words with a line feed, which no token has, are dropped.
 */
export class VectorsBuilder {
  readonly dimension: number;
  #count = 0;
  #scales = new Float32Array(1024);
  #codes: Int8Array;
  #words = new Uint8Array(1 << 14);
  #ends = new Uint32Array(1024);

  constructor(dimension: number) {
    this.dimension = dimension;
    this.#codes = new Int8Array(256 * dimension);
  }

  /**
   * @param word in UTF-8
   * @param row D finite numbers
   */
  add(word: Uint8Array, row: Float32Array): void {
    if (word.includes(lineFeed)) return;
    const { dimension } = this;
    const at = this.#count++;
    const start = at === 0 ? 0 : (this.#ends[at - 1] as number);
    this.#scales = roomFor(this.#scales, at + 1);
    this.#ends = roomFor(this.#ends, at + 1);
    this.#codes = roomFor(this.#codes, (at + 1) * dimension);
    this.#words = roomFor(this.#words, start + word.length);
    this.#words.set(word, start);
    this.#ends[at] = start + word.length;
    let largest = 0;
    for (let j = 0; j < dimension; j++) largest = Math.max(largest, Math.abs(row[j] as number));
    const scale = Math.fround(largest / largestCode);
    this.#scales[at] = scale;
    if (scale === 0) return;
    for (let j = 0; j < dimension; j++) {
      const code = Math.round((row[j] as number) / scale);
      this.#codes[at * dimension + j] = Math.max(-largestCode, Math.min(largestCode, code));
    }
  }

  finish(origin: VectorsOrigin): WordVectors {
    const rows = this.#sorted();
    const { dimension } = this;
    const count = rows.length;
    const [scales, codes] = [new Float32Array(count), new Int8Array(count * dimension)];
    const lengths = rows.reduce((sum, row) => sum + this.#end(row) - this.#start(row), 0);
    const words = new Uint8Array(lengths + Math.max(0, count - 1)).fill(lineFeed);
    let at = 0;
    for (const [place, row] of rows.entries()) {
      scales[place] = this.#scales[row] as number;
      codes.set(this.#codes.subarray(row * dimension, (row + 1) * dimension), place * dimension);
      words.set(this.#words.subarray(this.#start(row), this.#end(row)), at);
      at += this.#end(row) - this.#start(row) + 1;
    }
    return WordVectors.of({ count, dimension, origin, scales, codes, words });
  }

  /** The rows in the order of their words, without repeated ones. */
  #sorted(): Uint32Array {
    const order = Uint32Array.from({ length: this.#count }, (_, row) => row);
    const compare = (a: number, b: number): number =>
      compareBytes(this.#words, this.#start(a), this.#end(a), this.#start(b), this.#end(b));
    order.sort((a, b) => compare(a, b) || a - b);
    return order.filter((row, place) => place === 0 || compare(order[place - 1] as number, row) !== 0);
  }

  #start(row: number): number {
    return row === 0 ? 0 : (this.#ends[row - 1] as number);
  }

  #end(row: number): number {
    return this.#ends[row] as number;
  }
}

function roomFor<Numbers extends Float32Array | Int8Array | Uint8Array | Uint32Array>(array: Numbers, length: number): Numbers {
  if (length <= array.length) return array;
  const larger = new (array.constructor as new (length: number) => Numbers)(Math.max(length, array.length * 2));
  larger.set(array);
  return larger;
}
