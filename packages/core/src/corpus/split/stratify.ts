import type { Random } from "@weft-nlp/tensor";
import { evenOut } from "./even-out.ts";
import type { StratumItem } from "./stratum-item.ts";

/**
 * Assigns each item to a part so that every label follows the parts' shares.
 *
 * Iterative stratification: Sechidis, Tsoumakas and Vlahavas 2011, "On the Stratification of
 * Multi-Label Data", algorithm 1. The label with the fewest remaining occurrences goes first. Each
 * item that has it goes to the part that lacks it most; ties go to the part that lacks most
 * overall, then to chance. Two things differ, because the paper's examples have a label or not,
 * while these items have a label several times. First, items that have it most often go first, so
 * that small items even out what large ones leave. Second, among the parts that lack at least as
 * much as the item has, the choice is the part that lacks most relative to its share; by the plain
 * difference, the largest part would get all the items that are dense with relations. If no part
 * lacks as much, the plain difference decides, as in the paper.
 *
 * An item that is larger than a part does not go there: it goes to a part that can hold it, or else
 * to the part with the largest share. At the end, `evenOut` corrects the sizes of the parts.
 *
 * @param shares of the parts, which sum to 1; a part with share 0 gets nothing
 * @param labels the number of labels
 * @returns the number of a part for each item
 */
export function stratify(items: readonly StratumItem[], shares: readonly number[], labels: number, random: Random): Int32Array {
  const parts = new Int32Array(items.length).fill(-1);
  const open = shares.flatMap((share, part) => (share > 0 ? [part] : []));
  const total = items.reduce((sum, { weight }) => sum + weight, 0);
  const left = new Float64Array(labels);
  const holders: number[][] = Array.from({ length: labels }, () => []);
  // Equal items keep their shuffled order, not that of the file.
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
  const largest = max(open, (part) => shares[part] ?? 0).slice(0, 1);
  const choose = (item: number, lacks: (part: number) => number, size: number): number => {
    const able = open.filter((part) => (items[item]?.weight ?? 0) <= (shares[part] ?? 0) * total + rounding);
    const allowed = able.length === 0 ? largest : able;
    const relative = (amount: (part: number) => number) => (part: number) => amount(part) / (shares[part] ?? 1);
    const fitting = allowed.filter((part) => lacks(part) >= size - rounding);
    const lacking = fitting.length === 0 ? max(allowed, lacks) : max(fitting, relative(lacks));
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
        choose(index, (part) => wanted[part]?.[label] ?? 0, countOf(index)),
      );
    }
  }
  const weightOf = (index: number): number => items[index]?.weight ?? 0;
  const rest = random.shuffle([...items.keys()]).filter((index) => parts[index] === -1);
  for (const index of rest.sort((a, b) => weightOf(b) - weightOf(a)))
    place(
      index,
      choose(index, (part) => room[part] ?? 0, weightOf(index)),
    );
  evenOut(parts, items, shares, labels, random);
  return parts;
}

/** The label with the fewest remaining occurrences; −1 if none remain. */
function rarest(left: Float64Array): number {
  let best = -1;
  for (const [label, count] of left.entries()) {
    if (count > 0 && (best < 0 || count < (left[best] ?? 0))) best = label;
  }
  return best;
}

/** Wanted counts are multiples of shares, so their sums are whole numbers only up to rounding. */
const rounding = 1e-6;

function max(parts: readonly number[], value: (part: number) => number): number[] {
  const highest = Math.max(...parts.map(value));
  return parts.filter((part) => value(part) >= highest - rounding);
}
