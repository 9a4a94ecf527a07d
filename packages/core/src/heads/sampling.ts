import type { Random } from "@weft-nlp/tensor";

/**
 * A place among `count` weights from `start`, each as likely as its weight; the weights need not
 * sum to one.
 */
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
const maxDraws = 1000;

/** Sequences that differ from each other and from `first`: as many as asked, or as were found. */
export function drawDistinct(wanted: number, first: Int32Array, draw: () => Int32Array): Int32Array[] {
  const seen = new Set([first.join()]);
  const found: Int32Array[] = [];
  for (let k = 0; k < maxDraws && found.length < wanted; k++) {
    const drawn = draw();
    if (seen.has(drawn.join())) continue;
    seen.add(drawn.join());
    found.push(drawn);
  }
  return found;
}

/**
 * One tag a word, each uniform with probability ε, else from its own distribution.
 *
 * @param probabilities [N, T]
 */
export function drawTags(probabilities: ArrayLike<number>, tags: number, epsilon: number, random: Random): Int32Array {
  return Int32Array.from({ length: probabilities.length / tags }, (_, i) =>
    random.next() < epsilon ? random.integer(tags) : drawIndex(probabilities, i * tags, tags, random),
  );
}

/** Σ ln p of the tags; a tag of −1 counts as certain. @param probabilities [N, T] */
export function logProbOfTags(probabilities: ArrayLike<number>, count: number, tags: Int32Array): number {
  return tags.reduce((sum, tag, i) => sum + (tag < 0 ? 0 : logOf(probabilities[i * count + tag] ?? 0)), 0);
}

/** ln p, where a probability that came out as zero counts as the smallest normal 32-bit number. */
export function logOf(probability: number): number {
  return Math.log(Math.max(probability, 1.17549435e-38));
}
