import type { Random } from "@weft/tensor";

/** A place among `count` weights from `start`, each as likely as its weight; the weights need not sum to one. */
export function drawIndex(weights: ArrayLike<number>, start: number, count: number, random: Random): number {
  let total = 0;
  for (let k = 0; k < count; k++) total += weights[start + k] ?? 0;
  let left = random.next() * total;
  for (let k = 0; k < count; k++) {
    left -= weights[start + k] ?? 0;
    if (left < 0) return k;
  }
  return count - 1;
}

/** The place of the largest of `count` values from `start`, the first of equals. */
export function bestIndex(values: ArrayLike<number>, start: number, count: number): number {
  let best = 0;
  for (let k = 1; k < count; k++) if ((values[start + k] ?? 0) > (values[start + best] ?? 0)) best = k;
  return best;
}

/** Draws before a sample set stays smaller than asked (Sun et al. 2018, released code). */
const mostDraws = 1000;

/** Sequences that differ from each other and from `first`: as many as asked, or as were found. */
export function drawDistinct(wanted: number, first: Int32Array, draw: () => Int32Array): Int32Array[] {
  const seen = new Set([first.join()]);
  const found: Int32Array[] = [];
  for (let k = 0; k < mostDraws && found.length < wanted; k++) {
    const drawn = draw();
    if (seen.has(drawn.join())) continue;
    seen.add(drawn.join());
    found.push(drawn);
  }
  return found;
}
