import { gamma, mulberry } from "./random.mjs";

// A synthetic corpus with the measures of NYT (Sun et al. 2020, section 5.1): the speed of RIN
// depends on lengths and sizes, not on the words. It is generated here so that Weft's side
// needs no Python.
const pos = 45;
const relations = 24;

/**
 * @param {object} options
 * @param {number} [options.length] of every sentence; defaults to lengths as in NYT
 * @returns {{words: number, pos: number, relations: number, sentences: {words: number[], pos:
 *   number[], tags: number[], cells: number[][]}[]}}
 */
export function rinWorkload({ seed = 7, words = 90_760, sentences: count = 3_000, length: all } = {}) {
  const random = mulberry(seed);
  const word = zipf(words, random);
  const sentences = Array.from({ length: count }, () => {
    const length = all ?? Math.min(100, Math.max(4, Math.round(gamma(7, 38 / 7, random))));
    const entities = distinct(3, length, random);
    const tags = new Array(length).fill(0);
    for (const at of entities) tags[at] = 4;
    const cells = Array.from({ length: 2 }, () => [...distinct(2, entities.length, random)].map((at) => entities[at]));
    return {
      words: Array.from({ length }, word),
      pos: Array.from({ length }, () => below(pos, random)),
      tags,
      cells: cells.map((pair) => [...pair, below(relations, random)]),
    };
  });
  return { words, pos, relations, sentences };
}

function distinct(count, below_, random) {
  const found = new Set();
  while (found.size < count) found.add(below(below_, random));
  return [...found];
}

const below = (limit, random) => Math.floor(random() * limit);

/** Word ids with a frequency of 1 / rank. */
function zipf(size, random) {
  const sums = new Float64Array(size);
  let total = 0;
  for (let rank = 1; rank <= size; rank++) sums[rank - 1] = total += 1 / rank;
  return () => {
    const wanted = random() * total;
    let low = 0;
    let high = size - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle] < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}
