/**
 * Remembers the texts it was last asked about, within a bound of memory: enough to say a node once that comes again and again, in
 * formats whose reader takes a node said twice.
 */
export class RecentSet {
  readonly #capacity: number;
  readonly #known = new Set<string>();
  #held = 0;

  /** @param capacity UTF-16 units held, of all texts together, each with the cost of its place */
  constructor(capacity = 8 << 20) {
    this.#capacity = capacity;
  }

  /** @returns false where the text is remembered already */
  add(text: string): boolean {
    if (this.#known.delete(text)) {
      this.#known.add(text);
      return false;
    }
    this.#known.add(text);
    this.#held += cost(text);
    for (const oldest of this.#known) {
      if (this.#held <= this.#capacity) break;
      this.#known.delete(oldest);
      this.#held -= cost(oldest);
    }
    return true;
  }
}

function cost(text: string): number {
  return text.length + 32;
}
