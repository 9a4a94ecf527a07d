import type { Random } from "@weft-nlp/tensor";
import type { StratumItem } from "./stratum-item.ts";

/**
 * Moves and swaps items until every part has its share of the sentences, give or take one
 * percentage point, as far as the sizes of the items allow. Among the changes that help it takes
 * the one that disturbs the relation types least.
 *
 * First, a part without items gets the smallest item of the part that has most items, if
 * there are items enough.
 *
 * @param parts the part of each item, changed in place
 * @param shares of the parts, which sum to 1; a part with share 0 gets nothing
 */
export function evenOut(
  parts: Int32Array,
  items: readonly StratumItem[],
  shares: readonly number[],
  labels: number,
  random: Random,
): void {
  const open = shares.flatMap((share, part) => (share > 0 ? [part] : []));
  const state = new Balance(parts, items, shares, labels);
  if (items.length >= open.length) for (const part of open) if (!parts.includes(part)) fill(part, state);
  for (let round = 0; round < maxRounds; round++) {
    const surplus = open.map((part) => state.surplusOf(part));
    if (Math.max(...surplus.map(Math.abs)) <= near) return;
    const [from, to] = [surplus.indexOf(Math.max(...surplus)), surplus.indexOf(Math.min(...surplus))].map((at) => open[at] ?? 0);
    const change = state.bestChange(from as number, to as number, random);
    if (change === undefined) return;
    for (const { item, part } of change) state.move(item, part);
  }
}

/** Within this share of the corpus, a part has what was asked for. */
const near = 0.01;
const maxRounds = 3000;
/** How many items of each of two parts are tried as swaps. */
const swapsTried = 60;

interface Move {
  readonly item: number;
  readonly part: number;
}

function fill(part: number, state: Balance): void {
  const { parts, items, shares } = state;
  const sizes = shares.map((_, each) => parts.reduce((sum, own) => sum + Number(own === each), 0));
  const weightOf = (item: number): number => items[item]?.weight ?? 0;
  const fullest = sizes.indexOf(Math.max(...sizes));
  const own = [...items.keys()].filter((item) => parts[item] === fullest);
  state.move(
    own.reduce((best, item) => (weightOf(item) < weightOf(best) ? item : best)),
    part,
  );
}

/** The sizes and the relation types of the parts, and what a change would do to them. */
class Balance {
  readonly parts: Int32Array;
  readonly items: readonly StratumItem[];
  readonly shares: readonly number[];
  /** Sentences of each part. */
  readonly weights: number[];
  readonly #total: number;
  /** Relations of each part by type, and of the corpus. */
  readonly #counts: readonly Float64Array[];
  readonly #all: Float64Array;
  readonly #relations: number;

  constructor(parts: Int32Array, items: readonly StratumItem[], shares: readonly number[], labels: number) {
    this.parts = parts;
    this.items = items;
    this.shares = shares;
    this.weights = shares.map(() => 0);
    this.#counts = shares.map(() => new Float64Array(labels));
    this.#all = new Float64Array(labels);
    for (const [index, { weight, counts }] of items.entries()) {
      const part = parts[index] as number;
      this.weights[part] = (this.weights[part] ?? 0) + weight;
      for (const [label, count] of counts) {
        const own = this.#counts[part] as Float64Array;
        own[label] = (own[label] ?? 0) + count;
        this.#all[label] = (this.#all[label] ?? 0) + count;
      }
    }
    this.#total = Math.max(
      1,
      this.weights.reduce((sum, weight) => sum + weight, 0),
    );
    this.#relations = Math.max(
      1,
      this.#all.reduce((sum, count) => sum + count, 0),
    );
  }

  /** The part's share of the sentences minus the requested one. */
  surplusOf(part: number): number {
    return (this.weights[part] ?? 0) / this.#total - (this.shares[part] ?? 0);
  }

  move(item: number, to: number): void {
    const from = this.parts[item] as number;
    const { weight, counts } = this.items[item] as StratumItem;
    this.parts[item] = to;
    this.weights[from] = (this.weights[from] ?? 0) - weight;
    this.weights[to] = (this.weights[to] ?? 0) + weight;
    const [source, target] = [this.#counts[from] as Float64Array, this.#counts[to] as Float64Array];
    for (const [label, count] of counts) {
      source[label] = (source[label] ?? 0) - count;
      target[label] = (target[label] ?? 0) + count;
    }
  }

  /** The move of an item, or the swap of two, that helps most; `undefined` if none does. */
  bestChange(from: number, to: number, random: Random): readonly Move[] | undefined {
    const [there, back] = [this.#itemsOf(from), this.#itemsOf(to)];
    let best: readonly Move[] | undefined;
    let bestGain = 1e-9;
    const consider = (item: number, other?: number): void => {
      const gain = this.#gain(from, to, item, other);
      if (gain <= bestGain) return;
      bestGain = gain;
      best = [{ item, part: to }, ...(other === undefined ? [] : [{ item: other, part: from }])];
    };
    for (const item of there) if (there.length > 1) consider(item);
    const some = (all: number[]): number[] => (all.length <= swapsTried ? all : random.shuffle(all).slice(0, swapsTried));
    const others = some(back);
    for (const item of some(there)) for (const other of others) consider(item, other);
    return best;
  }

  #itemsOf(part: number): number[] {
    return [...this.items.keys()].filter((item) => this.parts[item] === part && (this.items[item]?.weight ?? 0) > 0);
  }

  #gain(from: number, to: number, item: number, other: number | undefined): number {
    const one = this.items[item] as StratumItem;
    const two = other === undefined ? undefined : this.items[other];
    const moved = (one.weight - (two?.weight ?? 0)) / this.#total;
    // A larger item than the part goes there only if the part then misses its share by less.
    const tooLarge = one.weight > (this.shares[to] ?? 0) * this.#total;
    if (tooLarge && Math.abs(this.surplusOf(to) + moved) >= Math.abs(this.surplusOf(to))) return 0;
    const excess = (surplus: number): number => Math.max(0, Math.abs(surplus) - near) ** 2;
    const sizes = (shift: number): number => excess(this.surplusOf(from) - shift) + excess(this.surplusOf(to) + shift);
    let types = 0;
    const labels = two === undefined ? one.counts.keys() : new Set([...one.counts.keys(), ...two.counts.keys()]);
    for (const label of labels) {
      const shift = (one.counts.get(label) ?? 0) - (two?.counts.get(label) ?? 0);
      const all = this.#all[label] ?? 1;
      const off = (part: number, change: number): number =>
        (((this.#counts[part]?.[label] ?? 0) + change) / all - (this.shares[part] ?? 0)) ** 2;
      types += (all / this.#relations) * (off(from, 0) + off(to, 0) - off(from, -shift) - off(to, shift));
    }
    const size = sizes(0) - sizes(moved);
    return size <= 1e-12 ? 0 : sizeMatters * size + types;
  }
}

/** How much more a part's size matters than its relation types. */
const sizeMatters = 100;
