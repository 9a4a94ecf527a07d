// Faults of models and heads: scheduled sampling, drawn outputs, thresholds.

const core = "packages/core/src";
const models = `${core}/models`;
const jointNn = `${models}/joint-nn/index.ts`;
const rinOutputs = `${models}/rin/rin-outputs.ts`;
const steps = `${core}/training/step.test.ts`;
const jointTests = [steps, `${models}/joint-nn/fidelity.test.ts`];
const outputTests = [`${core}/heads/sampling.test.ts`, `${core}/objectives/mrt.test.ts`];
const ties = [`${models}/threshold-ties.test.ts`];

/** @type {readonly import("./faults.mjs").Fault[]} */
export const modelFaults = [
  {
    name: "scheduled-sampling-inverted",
    meaning: "joint-nn reads predicted tags with the probability of gold ones",
    file: jointNn,
    find: "(share > 0 && random.next() < share)",
    replace: "(share > 0 && random.next() >= share)",
    tests: jointTests,
  },
  {
    name: "scheduled-sampling-rises",
    meaning: "the share of gold tags rises with the epochs",
    file: jointNn,
    find: "Math.exp(epoch / samplingDecay)",
    replace: "Math.exp(-epoch / samplingDecay)",
    tests: jointTests,
  },
  {
    name: "scheduled-sampling-by-sentence",
    meaning: "scheduled sampling draws once for all words of a sentence",
    file: jointNn,
    find: "const labels = distribution.best().map((label, i) => {",
    replace:
      "const next = random.next();\n      const labels = distribution.best().map((label, i) => {\n        random = { next: () => next } as Random;",
    tests: jointTests,
  },
  {
    name: "tags-read-swapped",
    meaning: "tagsRead: gold and predicted are swapped",
    file: jointNn,
    find: 'tagsRead === "gold" ? 1 : tagsRead === "predicted" ? 0 : chance',
    replace: 'tagsRead === "gold" ? 0 : tagsRead === "predicted" ? 1 : chance',
    tests: jointTests,
  },
  {
    name: "gold-candidates-always",
    meaning: "candidates: predicted trains on gold entities as well",
    file: jointNn,
    find: 'candidates === "predicted" ? read : [...goldEntities(example), ...read]',
    replace: "candidates === undefined ? read : [...goldEntities(example), ...read]",
    tests: jointTests,
  },
  {
    name: "tags-by-chunk",
    meaning: "joint-nn averages the loss of tags over the words of a chunk",
    file: jointNn,
    find: "const tokens = batch?.tokens ?? examples",
    replace: "const tokens = (batch === undefined ? undefined : undefined) ?? examples",
    tests: jointTests,
  },
  {
    name: "sentence-weights-by-chunk",
    meaning: "joint-nn weighs the words of a batch by the sentences of a chunk",
    file: jointNn,
    find: "const sentences = batch?.sentences ?? examples.length;",
    replace: "const sentences = examples.length;",
    tests: jointTests,
  },
  {
    name: "pair-mean-of-sums",
    meaning: "joint-nn sums the loss of pairs over a chunk in place of averaging it",
    file: jointNn,
    find: "? 1 / count : examples.length / pairs, row, row + count)",
    replace: "? 1 / count : 1, row, row + count)",
    tests: jointTests,
  },
  {
    name: "entities-alone-ignored-joint",
    meaning: "joint-nn draws relations although only entities are to be drawn",
    file: jointNn,
    find: 'if (options.relations === "best") return bestIndex(',
    replace: "if (options.relations === undefined) return bestIndex(",
    tests: outputTests,
  },
  {
    name: "entities-alone-ignored-rin",
    meaning: "RIN draws relations although only entities are to be drawn",
    file: rinOutputs,
    find: 'relations === "best" ?',
    replace: "relations === undefined ?",
    tests: outputTests,
  },
  {
    name: "gold-relations-ignored-rin",
    meaning: "RIN always takes the gold relations with the gold tags",
    file: rinOutputs,
    find: 'goldRelations === "gold" ? certainCells(cells) : relationsOf()',
    replace: "goldRelations === undefined ? relationsOf() : certainCells(cells)",
    tests: outputTests,
  },
  {
    name: "epsilon-ignored-tags",
    meaning: "no tag is drawn uniformly",
    file: `${core}/heads/sampling.ts`,
    find: "random.next() < epsilon ? random.integer(tags) :",
    replace: "random.next() < 0 * epsilon ? random.integer(tags) :",
    tests: outputTests,
  },
  {
    name: "epsilon-ignored-chain",
    meaning: "no tag of a conditional random field is drawn uniformly",
    file: `${core}/heads/tags/tags-head.ts`,
    find: "            random.next() < epsilon\n",
    replace: "            random.next() < 0 * epsilon\n",
    tests: outputTests,
  },
  {
    name: "tie-rin",
    meaning: "a cell at its threshold is not predicted",
    file: "packages/tensor/src/kernels/plain/pairs.ts",
    find: "if (!(score >= f32[thresholds / 4 + r]!)) continue;",
    replace: "if (!(score > f32[thresholds / 4 + r]!)) continue;",
    tests: ties,
  },
  {
    name: "tie-rin-ensemble",
    meaning: "a cell of an ensemble at its threshold is not predicted",
    file: `${core}/heads/word-pairs/decode-cells.ts`,
    find: "probability < (thresholds[r] ?? 0.5)) continue;",
    replace: "probability <= (thresholds[r] ?? 0.5)) continue;",
    tests: ties,
  },
  {
    name: "tie-joint-nn",
    meaning: "a label that only equals no relation is predicted",
    file: `${core}/heads/span-pairs/decode-relations.ts`,
    find: "const counts = p * (1 - limit) > none * limit;",
    replace: "const counts = p * (1 - limit) >= none * limit;",
    tests: ties,
  },
  {
    name: "tie-joint-nn-candidates",
    meaning: "with constraints, a label that only equals no relation counts",
    file: `${core}/heads/span-pairs/label-candidates.ts`,
    find: "const counts = p * (1 - limit) > none * limit;",
    replace: "const counts = p * (1 - limit) >= none * limit;",
    tests: ties,
  },
  {
    name: "tie-pairs",
    meaning: "a class of a given pair at its threshold is not predicted",
    file: `${models}/pairs/pair-model.ts`,
    find: "return confidence >= limit ? [{ ...pair, type, confidence }] : [];",
    replace: "return confidence > limit ? [{ ...pair, type, confidence }] : [];",
    tests: ties,
  },
  {
    name: "tie-pairs-candidates",
    meaning: "with constraints, a class of a given pair at its threshold does not count",
    file: `${models}/pairs/pair-model.ts`,
    find: "const passes = decisions.confidence(group, best) >= (types[best]?.limit ?? 1);",
    replace: "const passes = decisions.confidence(group, best) > (types[best]?.limit ?? 1);",
    tests: ties,
  },
  {
    name: "first-best-loses-tie",
    meaning: "of equal values the last one wins",
    file: `${core}/heads/sampling.ts`,
    find: "(values[start + k] ?? 0) > (values[start + best] ?? 0)) best = k;",
    replace: "(values[start + k] ?? 0) >= (values[start + best] ?? 0)) best = k;",
    tests: [`${core}/heads/sampling.test.ts`],
  },
  {
    name: "identification-unweighted",
    meaning: "the gradient of identification lacks its weight α",
    file: `${core}/heads/given-pairs/pair-head.ts`,
    find: "gold, factor: factor * weight }); // eq. 3",
    replace: "gold, factor }); // eq. 3",
    tests: [`${models}/pairs/fidelity.test.ts`],
  },
];
