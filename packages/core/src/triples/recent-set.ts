/**
 * Remembers the texts it was lately asked about, within a bound of memory: enough to say a node
 * once that comes again and again, in formats whose reader takes a node said twice.
 *
 * Two generations: when the younger one is full it becomes the older one, and what was in the older
 * one and never asked for again is forgotten at once. One set that drops its first text for each
 * new one gets slow, since a set keeps the holes at its beginning.
 */
export class RecentSet {
  readonly #capacity: number;
  #young = new Set<string>();
  #old = new Set<string>();
  #held = 0;

  /**
   * @param capacity UTF-16 units that a generation holds, of all texts together, each with the cost
   *   of its place
   */
  constructor(capacity = 4 << 20) {
    this.#capacity = capacity;
  }

  /** @returns false where the text is remembered already */
  add(text: string): boolean {
    if (this.#young.has(text)) return false;
    const fresh = !this.#old.has(text);
    const cost = text.length + 32;
    if (this.#held + cost > this.#capacity) {
      this.#old = this.#young;
      this.#young = new Set();
      this.#held = 0;
    }
    this.#young.add(text);
    this.#held += cost;
    return fresh;
  }
}
