// One case of `npm run bench -- pairs`: Weft's bio-mtl on the workload of the PyTorch peer. Prints one line of JSON.
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
const types = made((data.tags - 1) / 2, "T");
const lexicon = {
  words: Vocabulary.build(made(data.words - 1, "w")),
  pos: undefined,
  typed: true,
  scheme: "bio",
  tags: Labels.inOrder(["O", ...types.flatMap((type) => [`B-${type}`, `I-${type}`])]),
  relations: Labels.inOrder(made(data.relations, "r")),
};
const config = trainConfig.parse({
  data: { train: "-", dev: "-" },
  model: { name: "bio-mtl", loss: options.loss ?? "ranking" },
  optimizer: { name: "rmsprop" },
  training: { batch: 64, chunk: Number(options.chunk ?? (workers === 1 ? 64 : 13)) },
});
const { name, ...settings } = config.model;
const built = buildModel(
  { name, settings, lexicon, threshold: 0.5 },
  { shared: workers > 1, ...(options.build ? { build: options.build } : {}) },
);
const executor = await threadExecutor(built, workers);
const stepper = new Stepper(built, new Optimizer(built.engine, built.store, config.optimizer), executor, config, 1e6);

// In use a call holds all there is, as `weft evaluate` does; sixteen batches keep every worker busy to the end.
const groups = batches(data.sentences, infer ? 4096 : 256);
const taken = Math.min(groups.length, Number(options.batches ?? 8));
for (let i = 0; i < Number(options.warm ?? 2); i++) await run(groups[i % groups.length], i);
const begun = performance.now();
const spent = process.cpuUsage();
let pairs = 0;
for (let i = 0; i < taken; i++) {
  const group = groups[Math.floor(((i + 0.5) * groups.length) / taken)];
  await run(group, i);
  pairs += group.reduce((sum, example) => sum + example.pairs.length / 3, 0);
}
const seconds = (performance.now() - begun) / 1000;
const { user, system } = process.cpuUsage(spent);
await executor.close();
console.log(
  JSON.stringify({
    ...options,
    build: built.engine.build,
    sentences_per_second: pairs / seconds,
    pairs_per_cpu_second: pairs / ((user + system) / 1e6),
    rss_mb: process.memoryUsage().rss / 2 ** 20,
  }),
);

async function run(examples, step) {
  if (infer) await executor.predict(examples, { threshold: 0.5 });
  else await stepper.step(examples, 1, step);
}

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
    words: Int32Array.from(words),
    unknown: new Int32Array(words.length),
    tags: Int32Array.from(tags),
    entities: entities.map((start) => ({ start, end: start + 1, type: "T0" })),
    pairs: Int32Array.from(pairs.flatMap((pair, k) => [...pair, labels[k]])),
  };
}
