import { gamma, mulberry } from "./random.mjs";

// Sentences with 4.9 entities on average and all their unordered pairs, as many as Ye et al. 2019
// report for ACE 2005 (section 1): the speed of a pair classifier depends on lengths and
// counts, not on the words.
const words = 15_000;
const tags = 15;
const relations = 6;
const pairCount = 71_895;

/**
 * @param {"text" | "uniform"} draw words as often as in text (the k-th most frequent 1/k as often
 *   as the first), or all equally often, unlike any text: repeated words need not be computed again
 * @returns {{words: number, tags: number, relations: number, sentences: {words: number[], tags:
 *   number[], entities: number[], labels: number[]}[]}}
 */
export function pairsWorkload(draw, seed = 3) {
  const random = mulberry(seed);
  const below = (limit) => Math.floor(random() * limit);
  const word = draw === "uniform" ? () => below(words) : zipf(words, random);
  const sentences = [];
  for (let pairs = 0; pairs < pairCount; ) {
    const count = 2 + poisson(2.9, random);
    const length = Math.min(100, Math.max(2 * count, Math.round(gamma(4, 7.5, random))));
    const places = new Set();
    while (places.size < count) places.add(below(length));
    const own = (count * (count - 1)) / 2;
    sentences.push({
      words: Array.from({ length }, word),
      tags: Array.from({ length }, () => below(tags)),
      entities: [...places].sort((x, y) => x - y),
      // One pair in ten has a relation, as in the English corpus.
      labels: Array.from({ length: own }, () => (random() < 0.096 ? below(relations) : -1)),
    });
    pairs += own;
  }
  return { words, tags, relations, sentences };
}

function poisson(mean, random) {
  let count = 0;
  for (let left = Math.exp(mean) * random(); left > 1; left *= random()) count++;
  return count;
}

/** Draws 0 to count − 1 with weights 1/(k + 1). */
function zipf(count, random) {
  const sums = new Float64Array(count);
  let total = 0;
  for (let k = 0; k < count; k++) sums[k] = total += 1 / (k + 1);
  return () => {
    const wanted = random() * total;
    let [low, high] = [0, count - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle] < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}
