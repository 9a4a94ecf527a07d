// One case of `npm run bench -- pairs`: Weft's bio-mtl on the workload of the PyTorch peer. Prints
// one line of JSON.
import { readFileSync } from "node:fs";
import { buildModel } from "@weft-nlp/core/inference";
import { parseConfig, Stepper } from "@weft-nlp/core/training";
import { Labels, Vocabulary } from "@weft-nlp/core/vocabulary";
import { Optimizer } from "@weft-nlp/tensor";
import { inTurn, printSpeed, readModelCase, spread } from "../lib/model-case.mjs";

const asked = readModelCase(process.argv.slice(2));
const { options, workers, infer } = asked;

const data = JSON.parse(readFileSync(options.data, "utf8"));
const made = (count, letter) => Array.from({ length: count }, (_, i) => `${letter}${i}`);
const types = made((data.tags - 1) / 2, "T");
const lexicon = {
  words: Vocabulary.build(made(data.words - 1, "w")),
  pos: undefined,
  typed: true,
  scheme: "bio",
  tags: Labels.inOrder(["O", ...types.flatMap((type) => [`B-${type}`, `I-${type}`])]),
  relations: Labels.inOrder(made(data.relations, "r")),
};
const config = parseConfig({
  data: { train: "-", dev: "-" },
  model: { name: "bio-mtl", loss: options.loss ?? "ranking" },
  optimizer: { name: "rmsprop" },
  training: { batch: 64, chunk: Number(options.chunk ?? (workers === 1 ? 64 : 13)) },
});
const { name, ...settings } = config.model;
const built = buildModel({ name, settings, lexicon, threshold: 0.5 }, asked.engine);

// In practice one call gets all sentences, as in `weft evaluate`. Sixteen batches keep every worker
// busy to the end.
const groups = batches(data.sentences, infer ? 4096 : 256);
await printSpeed({
  asked,
  built,
  stepperOn: (executor) => new Stepper(built, new Optimizer(built.engine, built.store, config.optimizer), executor, config, 1e6),
  warm: inTurn(groups, Number(options.warm ?? 2)),
  groups: spread(groups, Math.min(groups.length, Number(options.batches ?? 8))),
  unit: "pairs",
  amountOf: (group) => group.reduce((sum, { pairs }) => sum + pairs.length / 3, 0),
});

/** Sentences in order until they have `size` pairs, the same as the peer's. */
function batches(sentences, size) {
  const groups = [];
  let group = [];
  let count = 0;
  for (const sentence of sentences) {
    if (count + sentence.labels.length > size && group.length > 0) {
      groups.push(group);
      [group, count] = [[], 0];
    }
    group.push(toExample(sentence));
    count += sentence.labels.length;
  }
  return groups;
}

function toExample({ words, tags, entities, labels }) {
  const pairs = entities.flatMap((_, head) => entities.slice(head + 1).map((_, k) => [head, head + 1 + k]));
  return {
    length: words.length,
    inputs: {
      words: { ids: Int32Array.from(words), unknown: new Int32Array(words.length) },
      tags: { ids: Int32Array.from(tags) },
    },
    entities: entities.map((start) => ({ start, end: start + 1, type: "T0" })),
    pairs: Int32Array.from(pairs.flatMap((pair, k) => [...pair, labels[k]])),
  };
}
