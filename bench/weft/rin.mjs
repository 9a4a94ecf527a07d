// One case of `npm run bench -- rin`: Weft's own RIN on the workload of the PyTorch peer. Prints one line of JSON.
import { readFileSync } from "node:fs";
import { buildModel, Labels, Stepper, trainConfig, Vocabulary } from "../../packages/core/dist/index.js";
import { Optimizer } from "../../packages/tensor/dist/index.js";
import { allowRelaxedSimd } from "../../packages/weft/dist/workers/relaxed-simd.js";
import { threadExecutor } from "../../packages/weft/dist/workers/thread-executor.js";
import { readOptions } from "../lib/options.mjs";

const { options } = readOptions(process.argv.slice(2));
const workers = Number(options.workers ?? 1);
const infer = options.infer === "1";
if (options.build !== "baseline") allowRelaxedSimd();

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
const config = trainConfig.parse({
  data: { train: "-", dev: "-" },
  model: { name: "rin", rounds: Number(options.K ?? 4) },
  training: { chunk: Number(options.chunk ?? 5) },
});
const { name, ...settings } = config.model;
const built = buildModel(
  { name, settings, lexicon, threshold: 0.5 },
  { shared: workers > 1, ...(options.build ? { build: options.build } : {}) },
);
// Untrained weights would call half of all cells positive, trained ones hardly any: a bias far below every score, as the peer has too.
if (infer) built.store.write(built.store.get("rin/relation/bias"), new Float32Array(data.relations).fill(-30));
const executor = await threadExecutor(built, workers);
const stepper = new Stepper(built, new Optimizer(built.engine, built.store, config.optimizer), executor, config, 1e6);

const groups = batches(data.sentences, Number(options.batches ?? 12), config.training.batch);
for (let i = 0; i < Number(options.warm ?? 2); i++) await run(groups[i % groups.length], i);
const begun = performance.now();
let sentences = 0;
for (const [i, group] of groups.entries()) {
  await run(group, i);
  sentences += group.length;
}
const seconds = (performance.now() - begun) / 1000;
await executor.close();
console.log(
  JSON.stringify({
    ...options,
    build: built.engine.build,
    sentences_per_second: sentences / seconds,
    rss_mb: process.memoryUsage().rss / 2 ** 20,
  }),
);

async function run(examples, step) {
  if (infer) await executor.predict(examples, { threshold: 0.5 });
  else await stepper.step(examples, 1, step);
}

/** The same batches as the peer's: sorted by length, then evenly spread over the corpus. */
function batches(sentences, count, size) {
  const sorted = [...sentences].sort((x, y) => x.words.length - y.words.length);
  const all = Array.from({ length: Math.floor(sorted.length / size) }, (_, k) => sorted.slice(k * size, (k + 1) * size));
  const taken = Array.from({ length: count }, (_, i) => all[Math.floor(((i + 0.5) * all.length) / count)]);
  return taken.map((group) => group.map(toExample));
}

function toExample({ words, pos, tags, cells }) {
  const distinct = [...new Map(cells.map((cell) => [cell.join(), cell])).values()];
  distinct.sort((x, y) => x[0] - y[0] || x[1] - y[1] || x[2] - y[2]);
  return {
    length: words.length,
    words: Int32Array.from(words),
    unknown: new Int32Array(words.length),
    pos: Int32Array.from(pos),
    tags: Int32Array.from(tags),
    cells: Int32Array.from(distinct.flat()),
  };
}
