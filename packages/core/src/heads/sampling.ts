import type { Random } from "@weft-nlp/tensor";

/**
 * Draws an index among the `count` weights from `start`, with probability proportional to its
 * weight. The weights need not sum to one.
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

/** The index of the largest of the `count` values from `start`; the first one wins ties. */
export function bestIndex(values: ArrayLike<number>, start: number, count: number): number {
  let best = 0;
  for (let k = 1; k < count; k++) if ((values[start + k] ?? 0) > (values[start + best] ?? 0)) best = k;
  return best;
}

/** Draws after which a sample set may stay incomplete (Sun et al. 2018, released code). */
const maxDraws = 1000;

/** Draws up to `wanted` sequences that differ from each other and from `first`. */
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
 * Draws one tag per word: uniformly with probability ε, else from the word's own distribution.
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

/** ln p, with p raised to at least the smallest normal 32-bit float, so that it stays finite. */
export function logOf(probability: number): number {
  return Math.log(Math.max(probability, 1.17549435e-38));
}
