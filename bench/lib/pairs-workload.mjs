import { gamma, mulberry } from "./random.mjs";

// Sentences with 4.9 entities on average and all their unordered pairs, as many as Ye et al. 2019 report for ACE 2005 (section 1): the speed of a
// classifier of pairs depends on lengths and counts, not on what the sentences say.
const words = 15_000;
const tags = 15;
const relations = 6;
const pairCount = 3_000;

/** @returns {{words: number, tags: number, relations: number, sentences: {words: number[], tags: number[], entities: number[], labels: number[]}[]}} */
export function pairsWorkload(seed = 3) {
  const random = mulberry(seed);
  const below = (limit) => Math.floor(random() * limit);
  const sentences = [];
  for (let pairs = 0; pairs < pairCount; ) {
    const count = 2 + poisson(2.9, random);
    const length = Math.min(100, Math.max(2 * count, Math.round(gamma(4, 7.5, random))));
    const places = new Set();
    while (places.size < count) places.add(below(length));
    const own = (count * (count - 1)) / 2;
    sentences.push({
      words: Array.from({ length }, () => below(words)),
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
