// One case of `npm run bench -- rin`: Weft's own RIN on the workload of the PyTorch peer. Prints
// one line of JSON.
import { readFileSync } from "node:fs";
import { buildModel } from "@weft-nlp/core/inference";
import { parseConfig, Stepper } from "@weft-nlp/core/training";
import { Labels, Vocabulary } from "@weft-nlp/core/vocabulary";
import { Optimizer } from "@weft-nlp/tensor";
import { inTurn, printSpeed, readModelCase, spread } from "../lib/model-case.mjs";

const asked = readModelCase(process.argv.slice(2));
const { options, infer } = asked;

const data = JSON.parse(readFileSync(options.data, "utf8"));
const made = (count, letter) => Array.from({ length: count }, (_, i) => `${letter}${i}`);
const lexicon = {
  words: Vocabulary.build(made(data.words - 1, "w")),
  pos: Vocabulary.build(made(data.pos - 1, "p")),
  typed: false,
  scheme: "bioes",
  tags: Labels.inOrder(["O", "B", "I", "E", "S"]),
  relations: Labels.inOrder(made(data.relations, "r")),
};
const config = parseConfig({
  data: { train: "-", dev: "-" },
  model: { name: "rin", rounds: Number(options.K ?? 4) },
  training: { chunk: Number(options.chunk ?? 5) },
});
const { name, ...settings } = config.model;
const built = buildModel({ name, settings, lexicon, threshold: 0.5 }, asked.engine);
// Untrained weights would predict half of all cells, trained ones hardly any. So the bias is far
// below every score, as in the peer.
if (infer) built.store.write(built.store.get("rin/relation/bias"), new Float32Array(data.relations).fill(-30));

const groups = batches(data.sentences, Number(options.batches ?? 12), config.training.batch);
await printSpeed({
  asked,
  built,
  stepperOn: (executor) => new Stepper(built, new Optimizer(built.engine, built.store, config.optimizer), executor, config, 1e6),
  warm: inTurn(groups, Number(options.warm ?? 2)),
  groups,
});

/** The same batches as the peer's: sorted by length, then evenly spread over the corpus. */
function batches(sentences, count, size) {
  const sorted = [...sentences].sort((x, y) => x.words.length - y.words.length);
  const all = Array.from({ length: Math.floor(sorted.length / size) }, (_, k) => sorted.slice(k * size, (k + 1) * size));
  return spread(all, count).map((group) => group.map(toExample));
}

function toExample({ words, pos, tags, cells }) {
  const distinct = [...new Map(cells.map((cell) => [cell.join(), cell])).values()];
  distinct.sort((x, y) => x[0] - y[0] || x[1] - y[1] || x[2] - y[2]);
  return {
    length: words.length,
    inputs: {
      words: { ids: Int32Array.from(words), unknown: new Int32Array(words.length) },
      pos: { ids: Int32Array.from(pos) },
    },
    tags: Int32Array.from(tags),
    cells: Int32Array.from(distinct.flat()),
  };
}
