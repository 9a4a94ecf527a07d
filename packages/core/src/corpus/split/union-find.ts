/** Disjoint sets of numbered items; finding and joining take nearly constant time. */
export class UnionFind {
  readonly #parents: number[] = [];

  /** Adds an item in its own set. @returns its number, from 0 */
  add(): number {
    return this.#parents.push(this.#parents.length) - 1;
  }

  /** The number that represents the item's set. */
  find(thing: number): number {
    let root = thing;
    while (this.#parents[root] !== root) root = this.#parents[root] as number;
    for (let each = thing; each !== root; ) {
      const next = this.#parents[each] as number;
      this.#parents[each] = root;
      each = next;
    }
    return root;
  }

  join(first: number, second: number): void {
    const [one, other] = [this.find(first), this.find(second)];
    // The earlier item represents the set, so the result depends only on the order of insertion.
    this.#parents[Math.max(one, other)] = Math.min(one, other);
  }
}
