import { itemsByWeight } from "./beam-search.ts";
import { type Item, type Problem, Reachability, type TypeRule } from "./problem.ts";

/** A choice with its total. */
export interface Incumbent {
  readonly chosen: Uint8Array;
  readonly options: Int32Array;
  readonly total: number;
}

/** Differences below this are rounding. */
const tolerance = 1e-9;

/**
 * Finds the best choice by branch and bound (Land and Doig 1960): each branch takes the heaviest
 * undecided item or omits it, then splits the options of a mention, and ends where even its bound
 * is no better than the best choice so far.
 *
 * The bound adds the weights of all items that still fit, of each slot with one place only the
 * heaviest, and the best option that each mention still has.
 *
 * @param start a choice that meets the constraints, to improve on
 * @param maxNodes branches after which the search ends
 * @returns the best choice found, and whether the search was complete
 */
export function branchAndBound(
  problem: Problem,
  start: Incumbent,
  maxNodes: number,
): { readonly best: Incumbent; readonly complete: boolean } {
  const search = new Search(problem, start, maxNodes);
  search.visit(search.root());
  return { best: search.best, complete: search.nodes <= maxNodes };
}

interface Node {
  /** −1 undecided, 0 omitted, 1 chosen; by item. Changes while the node is visited. */
  readonly status: Int8Array;
  /** The options each mention may still have, as bits. */
  readonly domains: Int32Array;
  readonly used: Int32Array;
  readonly graph: Reachability;
  /** Those of the chosen items. */
  readonly rules: readonly TypeRule[];
  /** The weights of the chosen items. */
  readonly weight: number;
  /** All items before this place in the order are decided. */
  readonly decided: number;
}

class Search {
  best: Incumbent;
  nodes = 0;
  readonly #problem: Problem;
  readonly #maxNodes: number;
  readonly #order: readonly number[];
  /** The slot with one place by which an item is bounded, −1 for none. */
  readonly #boundSlots: Int32Array;
  /** The weight of the heaviest item so far in each slot, for the bound. */
  readonly #heaviest: Float64Array;

  constructor(problem: Problem, start: Incumbent, maxNodes: number) {
    this.#problem = problem;
    this.best = start;
    this.#maxNodes = maxNodes;
    this.#order = itemsByWeight(problem);
    const { items, capacities } = problem;
    const rivals = new Int32Array(capacities.length);
    for (const { slots } of items) for (const slot of slots) rivals[slot] = (rivals[slot] ?? 0) + 1;
    this.#boundSlots = Int32Array.from(items, ({ slots }) =>
      slots.reduce(
        (found, slot) => (capacities[slot] === 1 && (found < 0 || (rivals[slot] ?? 0) > (rivals[found] ?? 0)) ? slot : found),
        -1,
      ),
    );
    this.#heaviest = new Float64Array(capacities.length);
  }

  root(): Node {
    const { items, options, capacities } = this.#problem;
    return {
      status: new Int8Array(items.length).fill(-1),
      domains: Int32Array.from(options, (own) => 2 ** own.length - 1),
      used: new Int32Array(capacities.length),
      graph: new Reachability(),
      rules: [],
      weight: 0,
      decided: 0,
    };
  }

  /** Takes the heaviest undecided item, then omits it and goes on with the next. */
  visit(node: Node): void {
    const { status } = node;
    for (let place = node.decided; ; place++) {
      this.nodes++;
      if (this.nodes > this.#maxNodes) return;
      if (this.#bound(node, place) <= this.best.total + tolerance) return;
      while (place < this.#order.length && status[this.#order[place] as number] !== -1) place++;
      const k = this.#order[place];
      if (k === undefined) {
        this.#decideOptions(node);
        return;
      }
      const taken = this.#take(node, k, place + 1);
      if (taken !== undefined) this.visit(taken);
      status[k] = 0;
    }
  }

  /**
   * The highest total that the node may reach. Marks the items that no longer fit as omitted.
   *
   * @param from all items before this place in the order are decided
   */
  #bound({ status, domains, used, weight }: Node, from: number): number {
    const { items, options } = this.#problem;
    let bound = weight;
    for (let m = 0; m < options.length; m++) {
      const [own, domain] = [options[m] as Float64Array, domains[m] ?? 0];
      // The first option is the best and adds nothing.
      if (!hasBit(domain, 0)) bound += own[bestOption(own, domain)] ?? 0;
    }
    this.#heaviest.fill(0);
    for (let place = from; place < this.#order.length; place++) {
      const k = this.#order[place] as number;
      if (status[k] !== -1) continue;
      const item = items[k] as Item;
      if (!this.#fits(item, used, domains)) status[k] = 0;
      else {
        const slot = this.#boundSlots[k] ?? -1;
        // In order of weight, the first item of a slot is its heaviest.
        if (slot < 0 || this.#heaviest[slot] === 0) bound += item.weight;
        if (slot >= 0) this.#heaviest[slot] = item.weight;
      }
    }
    return bound;
  }

  /** Whether a slot and an option of each mention are left for an item. */
  #fits({ slots, rules }: Item, used: Int32Array, domains: Int32Array): boolean {
    const { capacities } = this.#problem;
    for (const slot of slots) if ((used[slot] ?? 0) >= (capacities[slot] ?? 0)) return false;
    for (const rule of rules) if (!isPossible(rule, domains)) return false;
    return true;
  }

  /** The node with one more item, or `undefined` if it does not fit. */
  #take(node: Node, k: number, decided: number): Node | undefined {
    const item = this.#problem.items[k] as Item;
    const graph = item.edges.length === 0 ? node.graph : node.graph.copy();
    if (!graph.add(item.edges)) return undefined;
    const status = node.status.slice();
    status[k] = 1;
    const used = node.used.slice();
    for (const slot of item.slots) used[slot] = (used[slot] ?? 0) + 1;
    const rules = item.rules.length === 0 ? node.rules : [...node.rules, ...item.rules];
    const domains = item.rules.length === 0 ? node.domains : narrowed(node.domains, rules);
    return domains && { status, domains, used, graph, rules, weight: node.weight + item.weight, decided };
  }

  /** All items are decided: finds the best options under the rules of the chosen ones. */
  #decideOptions(node: Node): void {
    const { options } = this.#problem;
    const chosenOptions = Int32Array.from(options, (own, m) => bestOption(own, node.domains[m] ?? 0));
    const broken = node.rules.find(
      ({ head, tail, allowed }) => !hasBit(allowed[chosenOptions[head] ?? 0] ?? 0, chosenOptions[tail] ?? 0),
    );
    if (broken === undefined) {
      const total = options.reduce((sum, own, m) => sum + (own[chosenOptions[m] ?? 0] ?? 0), node.weight);
      const chosen = Uint8Array.from(node.status, (status) => (status === 1 ? 1 : 0));
      if (total > this.best.total + tolerance) this.best = { chosen, options: chosenOptions, total };
      return;
    }
    // The head of the broken rule has its best option, or one of the others.
    const bit = 1 << (chosenOptions[broken.head] ?? 0);
    const all = node.domains[broken.head] ?? 0;
    for (const domain of all === bit ? [] : [bit, all & ~bit]) this.#split(node, broken.head, domain);
    if (all !== bit) return;
    const tailBit = 1 << (chosenOptions[broken.tail] ?? 0);
    this.#split(node, broken.tail, (node.domains[broken.tail] ?? 0) & ~tailBit);
  }

  #split(node: Node, mention: number, domain: number): void {
    if (domain === 0) return;
    const before = node.domains.slice();
    before[mention] = domain;
    const domains = narrowed(before, node.rules);
    if (domains !== undefined) this.visit({ ...node, status: node.status.slice(), domains });
  }
}

/**
 * The options that have a partner under every rule (arc consistency), or `undefined` if a mention
 * has none left.
 */
function narrowed(before: Int32Array, rules: readonly TypeRule[]): Int32Array | undefined {
  const domains = before.slice();
  for (let changed = true; changed; ) {
    changed = false;
    for (const { head, tail, allowed } of rules) {
      const [heads, tails] = [domains[head] ?? 0, domains[tail] ?? 0];
      let [keptHeads, keptTails] = [0, 0];
      for (let option = 0; heads >> option !== 0; option++) {
        const partners = ((heads >> option) & 1) === 1 ? (allowed[option] ?? 0) & tails : 0;
        if (partners !== 0) keptHeads |= 1 << option;
        keptTails |= partners;
      }
      if (keptHeads === 0) return undefined;
      if (keptHeads === heads && keptTails === tails) continue;
      domains[head] = keptHeads;
      domains[tail] = keptTails;
      changed = true;
    }
  }
  return domains;
}

/** The best option of a domain. */
function bestOption(scores: Float64Array, domain: number): number {
  let best = -1;
  for (let option = 0; option < scores.length; option++) {
    if (hasBit(domain, option) && (best < 0 || (scores[option] ?? 0) > (scores[best] ?? 0))) best = option;
  }
  return best;
}

/** Whether some options of both mentions suit the rule. */
function isPossible({ head, tail, allowed }: TypeRule, domains: Int32Array): boolean {
  const [heads, tails] = [domains[head] ?? 0, domains[tail] ?? 0];
  for (let option = 0; heads >> option !== 0; option++) {
    if (hasBit(heads, option) && ((allowed[option] ?? 0) & tails) !== 0) return true;
  }
  return false;
}

function hasBit(bits: number, place: number): boolean {
  return ((bits >> place) & 1) === 1;
}
