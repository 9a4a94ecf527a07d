// Models under contract with inputs that are not their papers'.
import { expect, test } from "vitest";
import { describeModel } from "../testing/describe-model.ts";
import { models } from "./index.ts";

const words = { size: 6 };
const characters = { size: 4, filters: 5 };
const pos = { size: 3 };
const tags = { size: 3 };

/**
 * Not every shape, character or offset occurs in pairs of eight sentences, nor is every weight
 * behind a ReLU reached.
 */
const rare = /(shape|character|position)\/|(hidden|class|label)\/weight|distance|^[^/]+\/(word|tag|pos)\//;
const pairs = { rare, severalRelationsOfAPair: false, reach: 0.004 };

describeModel(models.get("rin"), {
  title: "rin with characters and word shape",
  settings: {
    ...{ rounds: 2, hiddenSize: 5, inputDropout: 0, decoding: "constrained" },
    inputs: { words, characters, wordShape: { size: 2 }, pos },
  },
  noise: { inputDropout: 0.5, wordDropout: 0.5 },
  rare,
  reach: 0.008,
});

describeModel(models.get("joint-nn"), {
  title: "joint-nn with POS",
  settings: {
    ...{ hiddenSize: 5, spanFilters: 4, mlpSize: 8, distances: 4, dropout: 0, tagsRead: "gold", means: "sentence" },
    inputs: { words, characters, pos },
  },
  noise: { dropout: 0.5, wordDropout: 0.5 },
  ...pairs,
});

describeModel(models.get("pcnn"), {
  title: "pcnn with characters",
  settings: { inputs: { words, characters, tags }, positionSize: 3, positions: 5, filters: 6, dropout: 0 },
  noise: { inputDropout: 0.5, spatialDropout: 0.5, wordDropout: 0.5 },
  ...pairs,
  // Maxima over characters and then over words: one of them switches nearly everywhere.
  reach: 0.002,
});

describeModel(models.get("bio-mtl"), {
  title: "bio-mtl with POS",
  settings: {
    ...{ positionSize: 3, positions: 5, windows: [2, 3], filters: 8, hiddenSize: 16, dropout: 0 },
    inputs: { words, pos, tags },
  },
  noise: { inputDropout: 0.5 },
  ...pairs,
});

describeModel(models.get("eatt-bigru"), {
  title: "eatt-bigru with POS",
  settings: { inputs: { words, pos, tags }, positionSize: 3, positions: 5, hiddenSize: 5, attentionSize: 4, dropout: 0 },
  noise: { inputDropout: 0.5 },
  ...pairs,
});

test("a model that finds entities cannot read their tags, and every model needs an input", () => {
  for (const name of ["rin", "joint-nn", "bilstm-tagger"] as const) {
    expect(models.get(name).settings.safeParse({ inputs: { tags: {} } }).success, name).toBe(false);
  }
  expect(models.get("pcnn").settings.safeParse({ inputs: { words: "off", tags: "off" } }).success).toBe(false);
  expect(models.get("pcnn").settings.safeParse({ inputs: { words: "off" } }).success).toBe(true);
});
