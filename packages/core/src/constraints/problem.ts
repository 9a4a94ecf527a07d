/** An edge of a relation type that must not form cycles. */
export interface Edge {
  /** The type, as an index. */
  readonly type: number;
  readonly from: number;
  readonly to: number;
}

/** The pairs of options that two mentions may have if an item is chosen. */
export interface TypeRule {
  readonly head: number;
  readonly tail: number;
  /** For each option of the head, the allowed options of the tail as bits. */
  readonly allowed: Int32Array;
}

/** Relations that are chosen together or not at all: one, or one and those it implies. */
export interface Item {
  /** What choosing it adds to the total, above 0. */
  readonly weight: number;
  /** The mentions it joins. */
  readonly mentions: readonly number[];
  /** Limits that it takes one place of. */
  readonly slots: readonly number[];
  readonly rules: readonly TypeRule[];
  readonly edges: readonly Edge[];
}

/**
 * A choice of items and of one option for each mention, with the highest total weight. Without
 * constraints all items are chosen, and the first option of each mention.
 */
export interface Problem {
  /** What each option of each mention adds to the total: 0 for the first, at most 0 for others. */
  readonly options: readonly Float64Array[];
  readonly items: readonly Item[];
  /** The places of each slot. */
  readonly capacities: Int32Array;
}

/** A solution of a problem. */
export interface Solution {
  readonly options: Int32Array;
  /** 1 for each chosen item. */
  readonly chosen: Uint8Array;
  readonly total: number;
  readonly method: "none" | "exact" | "beam";
  readonly conflicts: number;
}

/** At most this many options of a mention, so that they fit the bits of a number. */
export const maxOptions = 30;

/** Whether the options of both mentions suit the rule. */
export function meetsRule({ head, tail, allowed }: TypeRule, options: Int32Array): boolean {
  return (((allowed[options[head] ?? 0] ?? 0) >> (options[tail] ?? 0)) & 1) === 1;
}

/** The total of a choice. */
export function totalOf({ options, items }: Problem, chosen: Uint8Array, chosenOptions: Int32Array): number {
  let total = 0;
  for (const [k, item] of items.entries()) if (chosen[k] === 1) total += item.weight;
  for (const [m, own] of options.entries()) total += own[chosenOptions[m] ?? 0] ?? 0;
  return total;
}

/**
 * Whether a choice meets all constraints.
 *
 * @param chosen 1 for each chosen item
 */
export function isFeasible({ items, capacities }: Problem, chosen: Uint8Array, options: Int32Array): boolean {
  const used = new Int32Array(capacities.length);
  const graph = new Reachability();
  for (const [k, item] of items.entries()) {
    if (chosen[k] !== 1) continue;
    for (const slot of item.slots) {
      used[slot] = (used[slot] ?? 0) + 1;
      if ((used[slot] ?? 0) > (capacities[slot] ?? 0)) return false;
    }
    if (item.rules.some((rule) => !meetsRule(rule, options))) return false;
    if (!graph.add(item.edges)) return false;
  }
  return true;
}

/**
 * Which mentions reach which along the edges of each type. Keeps the closure, so that adding an
 * edge takes time linear in the mentions.
 */
export class Reachability {
  /** By type and mention: the mentions reached from it. */
  readonly #reached: Map<number, Map<number, Set<number>>>;

  constructor(reached: Map<number, Map<number, Set<number>>> = new Map()) {
    this.#reached = reached;
  }

  /**
   * Adds edges unless they close a cycle.
   *
   * @returns whether they were added
   */
  add(edges: readonly Edge[]): boolean {
    if (edges.length === 0) return true;
    if (edges.length === 1) return this.#addOne(edges[0] as Edge);
    const before = edges.length > 1 ? this.copy() : this;
    for (const edge of edges) {
      if (this.#addOne(edge)) continue;
      this.#reached.clear();
      for (const [type, own] of before.#reached) this.#reached.set(type, own);
      return false;
    }
    return true;
  }

  copy(): Reachability {
    const copied = new Map<number, Map<number, Set<number>>>();
    for (const [type, own] of this.#reached) {
      copied.set(type, new Map([...own].map(([mention, reached]) => [mention, new Set(reached)])));
    }
    return new Reachability(copied);
  }

  #addOne({ type, from, to }: Edge): boolean {
    if (from === to) return false;
    const own = this.#reached.get(type) ?? new Map<number, Set<number>>();
    if (own.get(to)?.has(from) === true) return false;
    if (own.get(from)?.has(to) === true) return true;
    this.#reached.set(type, own);
    const ahead = [to, ...(own.get(to) ?? [])];
    for (const [mention, reached] of own) if (mention !== from && reached.has(from)) for (const each of ahead) reached.add(each);
    const reached = own.get(from) ?? new Set<number>();
    own.set(from, reached);
    for (const each of ahead) reached.add(each);
    return true;
  }
}
