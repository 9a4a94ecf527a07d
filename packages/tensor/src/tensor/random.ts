/** The four words of a generator's state; copying them copies the stream. */
export type RandomState = readonly [number, number, number, number];

/**
 * Seeded random numbers: sfc32 by Chris Doty-Humphrey, 2^128 states, fast in 32-bit integers.
 * Streams for parts of a job are forked by name, so a new draw in one place never shifts the
 * numbers drawn elsewhere.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter: number;

  constructor(state: RandomState) {
    [this.#a, this.#b, this.#c, this.#counter] = state;
  }

  /** A stream for a seed and any number of labels: `Random.of(7, "batch", 3)`. */
  static of(seed: number, ...labels: readonly (string | number)[]): Random {
    let h1 = mix(seed | 0);
    let h2 = mix(Math.floor(seed / 2 ** 32) ^ 0x9e3779b9);
    for (const label of labels) {
      const text = typeof label === "number" ? `#${label}` : label;
      for (let i = 0; i < text.length; i++) {
        h1 = Math.imul(h1 ^ text.charCodeAt(i), 0x01000193);
        h2 = Math.imul(h2 + text.charCodeAt(i), 0x85ebca6b) ^ (h2 >>> 13);
      }
      h1 = mix(h1);
      h2 = mix(h2 ^ h1);
    }
    const random = new Random([h1, h2, mix(h1 ^ 0x5bd1e995), 1]);
    for (let i = 0; i < 12; i++) random.word();
    return random;
  }

  get state(): RandomState {
    return [this.#a, this.#b, this.#c, this.#counter];
  }

  /** A 32-bit integer, 0 to 2^32 − 1. */
  word(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    this.#c |= 0;
    return sum >>> 0;
  }

  /** Uniform in [0, 1). */
  next(): number {
    return this.word() / 2 ** 32;
  }

  /** A whole number from 0 to `below` − 1. */
  integer(below: number): number {
    return Math.floor(this.next() * below);
  }

  /** Standard normal, by Box and Muller. */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
  }

  /** Shuffles the items in place (Fisher and Yates). */
  shuffle<Items extends unknown[] | Int32Array>(items: Items): Items {
    const list: Record<number, unknown> = items;
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const kept = list[i];
      list[i] = list[j];
      list[j] = kept;
    }
    return items;
  }
}

/** The 32-bit finaliser of MurmurHash3. */
function mix(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) | 0;
}
