// One case of `npm run bench -- joint`: Weft's joint network, with its local losses or with
// minimum risk training. Prints one line of JSON.
import { readFileSync } from "node:fs";
import { buildModel } from "@weft-nlp/core/inference";
import { parseConfig, Stepper } from "@weft-nlp/core/training";
import { buildLexicon } from "@weft-nlp/core/vocabulary";
import { Optimizer } from "@weft-nlp/tensor";
import { inTurn, printSpeed, readModelCase } from "../lib/model-case.mjs";

const asked = readModelCase(process.argv.slice(2));
const { options, workers } = asked;
const samples = Number(options.samples ?? 0);

const sentences = JSON.parse(readFileSync(options.data, "utf8"));
const batch = Number(options.batch ?? 100);
const configOf = (objective) =>
  parseConfig({
    data: { train: "-", dev: "-" },
    vocabulary: { foldCase: true, scheme: "bilou" },
    model: { name: "joint-nn", tagsRead: "gold" },
    optimizer: { name: "adam", rate: 5e-3 },
    objective,
    training: { batch, chunk: Number(options.chunk ?? (workers === 1 ? 25 : 10)), maxNorm: 1, tables: "dense" },
  });
const local = configOf({ name: "likelihood" });
const config = samples > 0 ? configOf({ name: "mrt", samples }) : local;
const { name, ...settings } = config.model;
const lexicon = buildLexicon(sentences, config.vocabulary);
const built = buildModel({ name, settings, lexicon, threshold: 0.5 }, asked.engine);
const optimizer = new Optimizer(built.engine, built.store, config.optimizer, { tables: "dense" });
const examples = sentences.map((sentence) => built.encoder.encode(sentence, []));
const groups = Array.from({ length: Math.ceil(examples.length / batch) }, (_, k) => examples.slice(k * batch, (k + 1) * batch));

await printSpeed({
  asked,
  built,
  stepperOn: async (executor) => {
    // Risk training samples from a model that has learnt something.
    const before = new Stepper(built, optimizer, executor, local, 1e6);
    for (const [step, group] of inTurn(groups, Number(options.warm ?? 60)).entries()) await before.step(group, 1, step);
    return new Stepper(built, optimizer, executor, config, 1e6);
  },
  warm: inTurn(groups, 2),
  groups: inTurn(groups, Number(options.batches ?? 6)),
});
