import type { Random } from "@weft-nlp/tensor";

/**
 * What stays together in a split: how often each label occurs in it, and how much of the corpus it
 * is.
 */
export interface StratumItem {
  /** By the number of a label. */
  readonly counts: ReadonlyMap<number, number>;
  /** Its sentences. */
  readonly weight: number;
}

/**
 * The part of each item, so that every label is spread over the parts as their shares say.
 *
 * Iterative stratification: Sechidis, Tsoumakas and Vlahavas 2011, "On the Stratification of
 * Multi-Label Data", algorithm 1: the label with the fewest occurrences left goes first, and each
 * item that has it goes to the part that lacks it most; equal parts are told apart by what they
 * lack altogether, then by chance. Two things differ, because there an example has a label or not,
 * and here an item has it several times. Items that have it most often go first, so that small ones
 * even out what large ones leave. And of the parts that lack at least as much as the item has, the
 * one is taken that lacks most for its share; by the plain difference the largest part would get
 * all the items that are dense with relations. Where no part lacks as much, the plain difference
 * decides as in the paper.
 *
 * @param shares of the parts, which sum to 1; a part with none gets nothing
 * @param labels how many there are
 * @returns the number of a part for each item
 */
export function stratify(items: readonly StratumItem[], shares: readonly number[], labels: number, random: Random): Int32Array {
  const parts = new Int32Array(items.length).fill(-1);
  const open = shares.flatMap((share, part) => (share > 0 ? [part] : []));
  const total = items.reduce((sum, { weight }) => sum + weight, 0);
  const left = new Float64Array(labels);
  const holders: number[][] = Array.from({ length: labels }, () => []);
  // Equal items keep the order of chance, not that of the file.
  for (const index of random.shuffle([...items.keys()])) {
    for (const [label, count] of items[index]?.counts ?? []) {
      left[label] = (left[label] ?? 0) + count;
      holders[label]?.push(index);
    }
  }
  const wanted = shares.map((share) => left.map((count) => count * share)); // c_j^i
  const room = shares.map((share) => total * share); // c_j
  const place = (index: number, part: number): void => {
    const { counts, weight } = items[index] as StratumItem;
    parts[index] = part;
    room[part] = (room[part] ?? 0) - weight;
    for (const [label, count] of counts) {
      const lacking = wanted[part] as Float64Array;
      lacking[label] = (lacking[label] ?? 0) - count;
      left[label] = (left[label] ?? 0) - count;
    }
  };
  const choose = (lacks: (part: number) => number, size: number): number => {
    const relative = (amount: (part: number) => number) => (part: number) => amount(part) / (shares[part] ?? 1);
    const fitting = open.filter((part) => lacks(part) >= size - rounding);
    const lacking = fitting.length === 0 ? max(open, lacks) : max(fitting, relative(lacks));
    const best = max(
      lacking,
      relative((part) => room[part] ?? 0),
    );
    return best[best.length === 1 ? 0 : random.integer(best.length)] as number;
  };
  for (let label = rarest(left); label >= 0; label = rarest(left)) {
    const countOf = (index: number): number => items[index]?.counts.get(label) ?? 0;
    const waiting = (holders[label] ?? []).filter((index) => parts[index] === -1);
    for (const index of waiting.sort((a, b) => countOf(b) - countOf(a))) {
      place(
        index,
        choose((part) => wanted[part]?.[label] ?? 0, countOf(index)),
      );
    }
  }
  const weightOf = (index: number): number => items[index]?.weight ?? 0;
  const rest = random.shuffle([...items.keys()]).filter((index) => parts[index] === -1);
  for (const index of rest.sort((a, b) => weightOf(b) - weightOf(a)))
    place(
      index,
      choose((part) => room[part] ?? 0, weightOf(index)),
    );
  return parts;
}

/** The label with the fewest occurrences left; −1 where none has any. */
function rarest(left: Float64Array): number {
  let best = -1;
  for (const [label, count] of left.entries()) {
    if (count > 0 && (best < 0 || count < (left[best] ?? 0))) best = label;
  }
  return best;
}

/** What is wanted is a product of a share; sums of such are whole numbers only nearly. */
const rounding = 1e-6;

function max(parts: readonly number[], value: (part: number) => number): number[] {
  const highest = Math.max(...parts.map(value));
  return parts.filter((part) => value(part) >= highest - rounding);
}
