/** Sets of numbered things that grow together; finding and joining take nearly constant time. */
export class UnionFind {
  readonly #parents: number[] = [];

  /** A new thing, in a set of its own. @returns its number, from 0 */
  add(): number {
    return this.#parents.push(this.#parents.length) - 1;
  }

  /** The number that stands for the set of a thing. */
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
    // The earlier thing stands for the set, so that the order of what was added decides and nothing
    // else.
    this.#parents[Math.max(one, other)] = Math.min(one, other);
  }
}
