import { registry } from "weft-nlp";
import { describeModel } from "weft-nlp/testing";
import { register, tagsAndPairs } from "./index.mjs";

register(registry);

// The contract that Weft's own models meet: gradients, batches, learning, saving and randomness.
describeModel(tagsAndPairs, {
  settings: { inputs: { words: { size: 8 }, wordShape: { size: 3 } }, hiddenSize: 8, dropout: 0, wordDropout: 0 },
  noise: { dropout: 0.3, wordDropout: 0.3 },
  // Eight sentences have too few shapes of words to reach every row of this table.
  rare: /shape/,
});
