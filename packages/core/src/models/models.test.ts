import { expect, test } from "vitest";
import { describeModel, type ModelCase } from "../testing/describe-model.ts";
import { models } from "./index.ts";

/**
 * Classifiers of given pairs: a sentence without pairs teaches them nothing, so not every word and
 * offset is reached; nor is every weight behind a ReLU, or of a class that is neither right nor the
 * best of the wrong ones.
 */
const pairs = { rare: /^[^/]+\/(word|tag|position)\/|(hidden|class)\/weight/, severalRelationsOfAPair: false, reach: 0.004 };
const pairSizes = { inputs: { words: { size: 6 }, tags: { size: 3 } }, positionSize: 3, positions: 5 };
const characters = { size: 4, filters: 5 };
const wordsAndCharacters = { words: { size: 6 }, characters };

const pipelineTagger = {
  name: "bilstm-tagger",
  tagger: "softmax",
  inputs: wordsAndCharacters,
  hiddenSize: 5,
  dropout: 0,
};
const pipelineClassifier = { name: "eatt-bigru", ...pairSizes, hiddenSize: 5, attentionSize: 4, dropout: 0 };

/** A small network of every model. A missing one does not type-check, and fails below. */
const cases = {
  rin: {
    settings: { rounds: 2, inputs: { words: { size: 6 }, pos: { size: 3 } }, hiddenSize: 5, inputDropout: 0 },
    noise: { inputDropout: 0.5, wordDropout: 0.5 },
  },
  "joint-nn": {
    settings: {
      ...{ inputs: wordsAndCharacters, hiddenSize: 5, spanFilters: 4, mlpSize: 8, distances: 4 },
      ...{ dropout: 0, tagsRead: "gold", means: "sentence" },
    },
    noise: { dropout: 0.5, wordDropout: 0.5, tagsRead: "scheduled" },
    rare: /label\/weight$|distance/,
    severalRelationsOfAPair: false,
    reach: 0.004,
  },
  "bilstm-tagger": {
    settings: { inputs: wordsAndCharacters, hiddenSize: 5, dropout: 0 },
    noise: { dropout: 0.5, wordDropout: 0.5 },
    reach: 0.008,
  },
  "bio-mtl": {
    settings: { ...pairSizes, windows: [2, 3], filters: 8, hiddenSize: 16, dropout: 0 },
    noise: { dropout: 0.5, pooledDropout: 0.5, inputDropout: 0.5, spatialDropout: 0.5, wordDropout: 0.5 },
    ...pairs,
  },
  pcnn: {
    settings: { ...pairSizes, filters: 6, dropout: 0 },
    noise: { dropout: 0.5, inputDropout: 0.5, spatialDropout: 0.5, wordDropout: 0.5 },
    ...pairs,
  },
  "eatt-bigru": {
    settings: { ...pairSizes, hiddenSize: 5, attentionSize: 4, dropout: 0 },
    noise: { dropout: 0.5, inputDropout: 0.5, spatialDropout: 0.5, wordDropout: 0.5 },
    ...pairs,
  },
  pipeline: {
    settings: { tagger: pipelineTagger, classifier: pipelineClassifier },
    noise: { tagger: { ...pipelineTagger, dropout: 0.5 }, classifier: { ...pipelineClassifier, dropout: 0.5 } },
    ...pairs,
    rare: /^pipeline\/classifier\/[^/]+\/(word|tag|position)\/|classifier\/.*(hidden|class)\/weight/,
    reach: 0.008,
  },
} satisfies Record<string, ModelCase>;

test("every model of the catalogue is under contract", () => {
  expect(Object.keys(cases)).toEqual(models.names);
});

for (const [name, each] of Object.entries(cases)) describeModel(models.get(name), each);

/**
 * Further details of the released code of Ye et al., with running statistics that move within the
 * few steps of a test.
 */
describeModel(models.get("bio-mtl"), {
  ...pairs,
  // An average over words bends wherever one of them passes its ReLU.
  reach: 0.002,
  title: "bio-mtl as released",
  settings: {
    ...{ ...pairSizes, windows: [1, 2, 3], filters: 8, hiddenSize: 16, window: "between", pooling: "max-average", dropout: 0 },
    ...{ batchNorm: true, batchNormMomentum: 0.5, classBias: true, theta: 0.5 },
  },
  noise: { dropout: 0.5, pooledDropout: 0.5, spatialDropout: 0.5 },
});
