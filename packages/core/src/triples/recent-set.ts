/**
 * A set of recent strings with bounded memory. It avoids most repeats of frequent nodes, in formats
 * whose readers accept repeats.
 *
 * Keeps two generations: when the younger one is full, it replaces the older one, which forgets
 * everything not requested since. A single set that evicts its first string for each new one
 * becomes slow, since deleted entries at its start remain as holes.
 */
export class RecentSet {
  readonly #capacity: number;
  #young = new Set<string>();
  #old = new Set<string>();
  #held = 0;

  /**
   * @param capacity UTF-16 units per generation, for all strings together including their overhead
   */
  constructor(capacity = 4 << 20) {
    this.#capacity = capacity;
  }

  /** @returns false if the string is already in the set */
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
