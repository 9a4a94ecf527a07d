// One case of `npm run bench -- scaling`: RIN on sentences of one length. Prints one line of JSON.
import { Stepper } from "@weft-nlp/core/training";
import { Optimizer } from "@weft-nlp/tensor";
import { printSpeed, readModelCase, spread } from "../lib/model-case.mjs";
import { buildRin, predictLikeTrained, toExample } from "../lib/rin-model.mjs";
import { rinWorkload } from "../lib/rin-workload.mjs";

const asked = readModelCase(process.argv.slice(2));
const { options, infer } = asked;
const [length, words, batch, corpus, count] = ["length", "words", "batch", "corpus", "sentences"].map((name) =>
  Number(options[name]),
);

const data = rinWorkload({ length, words, sentences: Math.max(corpus, batch) });
const examples = data.sentences.map(toExample);
const { built, config } = buildRin(data, options, asked.engine);
if (infer) predictLikeTrained(built, data, spread(examples, Math.min(100, Math.round(4_000 / length))));

// From all over the corpus, each as often as the others.
const timed = spread(examples, count);
const groups = Array.from({ length: count / batch }, (_, k) => timed.slice(k * batch, (k + 1) * batch));
const warm = spread(groups, Math.min(groups.length, Math.ceil(50 / batch)));
await printSpeed({
  asked,
  built,
  stepperOn: (executor) => new Stepper(built, new Optimizer(built.engine, built.store, config.optimizer), executor, config, 1e6),
  warm,
  groups,
});
