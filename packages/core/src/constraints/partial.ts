import { type Item, meetsRule, type Problem, Reachability } from "./problem.ts";

/**
 * A choice under construction that meets all constraints at every moment: some items, and an option
 * for each mention.
 */
export class Partial {
  readonly #problem: Problem;
  /** Indices of the items of each mention that have rules. */
  readonly #ruled: readonly (readonly number[])[];
  readonly chosen: Uint8Array;
  readonly options: Int32Array;
  readonly #used: Int32Array;
  readonly #graph: Reachability;
  total: number;

  private constructor(
    problem: Problem,
    ruled: readonly (readonly number[])[],
    chosen: Uint8Array,
    options: Int32Array,
    used: Int32Array,
    graph: Reachability,
    total: number,
  ) {
    this.#problem = problem;
    this.#ruled = ruled;
    this.chosen = chosen;
    this.options = options;
    this.#used = used;
    this.#graph = graph;
    this.total = total;
  }

  /** No items, and the first option of each mention. */
  static empty(problem: Problem): Partial {
    const ruled: number[][] = problem.options.map(() => []);
    for (const [k, { rules }] of problem.items.entries()) {
      for (const { head, tail } of rules) {
        ruled[head]?.push(k);
        if (tail !== head) ruled[tail]?.push(k);
      }
    }
    const { items, options, capacities } = problem;
    return new Partial(
      problem,
      ruled,
      new Uint8Array(items.length),
      new Int32Array(options.length),
      new Int32Array(capacities.length),
      new Reachability(),
      0,
    );
  }

  copy(): Partial {
    return new Partial(
      this.#problem,
      this.#ruled,
      this.chosen.slice(),
      this.options.slice(),
      this.#used.slice(),
      this.#graph.copy(),
      this.total,
    );
  }

  /**
   * Adds an item, and changes the options of its mentions as far as its rules need it.
   *
   * @param retypes whether options may change
   * @returns whether the item was added: it fits, and the total does not fall
   */
  add(k: number, retypes: boolean): boolean {
    const item = this.#problem.items[k] as Item;
    const { capacities } = this.#problem;
    if (item.slots.some((slot) => (this.#used[slot] ?? 0) >= (capacities[slot] ?? 0))) return false;
    const changes = item.rules.every((rule) => meetsRule(rule, this.options))
      ? { options: this.options, cost: 0 }
      : retypes
        ? this.#retyped(item)
        : undefined;
    if (changes === undefined || item.weight + changes.cost <= 0 || !this.#graph.add(item.edges)) return false;
    for (const slot of item.slots) this.#used[slot] = (this.#used[slot] ?? 0) + 1;
    this.options.set(changes.options);
    this.chosen[k] = 1;
    this.total += item.weight + changes.cost;
    return true;
  }

  /** The cheapest options of the item's mentions that meet its rules and those already met. */
  #retyped({ mentions, rules }: Item): { readonly options: Int32Array; readonly cost: number } | undefined {
    const { options: scores, items } = this.#problem;
    const affected = [...new Set(mentions.flatMap((mention) => this.#ruled[mention] ?? []))].filter((k) => this.chosen[k] === 1);
    const rulesBefore = affected.flatMap((k) => (items[k] as Item).rules);
    let best: { readonly options: Int32Array; readonly cost: number } | undefined;
    const tried = this.options.slice();
    const before = mentions.reduce((sum, m) => sum + (scores[m]?.[this.options[m] ?? 0] ?? 0), 0);
    const visit = (place: number): void => {
      const mention = mentions[place];
      if (mention !== undefined) {
        for (let option = 0; option < (scores[mention]?.length ?? 0); option++) {
          tried[mention] = option;
          visit(place + 1);
        }
        return;
      }
      const cost = mentions.reduce((sum, m) => sum + (scores[m]?.[tried[m] ?? 0] ?? 0), 0) - before;
      if (best !== undefined && cost <= best.cost) return;
      if (![...rules, ...rulesBefore].every((rule) => meetsRule(rule, tried))) return;
      best = { options: tried.slice(), cost };
    };
    visit(0);
    return best;
  }
}
