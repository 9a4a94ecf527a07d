// One case of `npm run bench -- joint`: Weft's joint network, by its local losses or with minimum risk training. Prints one line of JSON.
import { readFileSync } from "node:fs";
import { buildLexicon, buildModel, Stepper, trainConfig } from "../../packages/core/dist/index.js";
import { Optimizer } from "../../packages/tensor/dist/index.js";
import { allowRelaxedSimd } from "../../packages/weft/dist/workers/relaxed-simd.js";
import { threadExecutor } from "../../packages/weft/dist/workers/thread-executor.js";
import { readOptions } from "../lib/options.mjs";

const { options } = readOptions(process.argv.slice(2));
const workers = Number(options.workers ?? 1);
const samples = Number(options.samples ?? 0);
const infer = options.infer === "1";
allowRelaxedSimd();

const sentences = JSON.parse(readFileSync(options.data, "utf8"));
const batch = Number(options.batch ?? 100);
const configOf = (objective) =>
  trainConfig.parse({
    data: { train: "-", dev: "-" },
    vocabulary: { foldCase: true, scheme: "bilou", characters: true },
    model: { name: "joint-nn", tagsRead: "gold" },
    optimizer: { name: "adam", rate: 5e-3 },
    objective,
    training: { batch, chunk: Number(options.chunk ?? (workers === 1 ? 25 : 10)), maxNorm: 1, tables: "dense" },
  });
const local = configOf({ name: "likelihood" });
const config = samples > 0 ? configOf({ name: "mrt", samples }) : local;
const { name, ...settings } = config.model;
const lexicon = buildLexicon(sentences, config.vocabulary);
const built = buildModel({ name, settings, lexicon, threshold: 0.5 }, { shared: workers > 1 });
const executor = await threadExecutor(built, workers);
const optimizer = new Optimizer(built.engine, built.store, config.optimizer, { tables: "dense" });
const examples = sentences.map((sentence) => built.encoder.encode(sentence, []));
const groups = Array.from({ length: Math.ceil(examples.length / batch) }, (_, k) => examples.slice(k * batch, (k + 1) * batch));

const before = new Stepper(built, optimizer, executor, local, 1e6);
for (let i = 0; i < Number(options.warm ?? 60); i++) await before.step(groups[i % groups.length], 1, i);
const stepper = new Stepper(built, optimizer, executor, config, 1e6);
for (let i = 0; i < 2; i++) await run(groups[i], i);

const taken = Number(options.batches ?? 6);
const begun = performance.now();
const spent = process.cpuUsage();
let done = 0;
for (let i = 0; i < taken; i++) {
  const group = groups[i % groups.length];
  await run(group, i);
  done += group.length;
}
const seconds = (performance.now() - begun) / 1000;
const { user, system } = process.cpuUsage(spent);
await executor.close();
console.log(
  JSON.stringify({
    ...options,
    build: built.engine.build,
    sentences_per_second: done / seconds,
    sentences_per_cpu_second: done / ((user + system) / 1e6),
    rss_mb: process.memoryUsage().rss / 2 ** 20,
  }),
);

async function run(group, step) {
  if (infer) await executor.predict(group, { threshold: 0.5 });
  else await stepper.step(group, 1, step);
}
