// One case of `npm run bench -- rin`: Weft's own RIN on the workload of the PyTorch peer. Prints
// one line of JSON.
import { readFileSync } from "node:fs";
import { Stepper } from "@weft-nlp/core/training";
import { Optimizer } from "@weft-nlp/tensor";
import { inTurn, printSpeed, readModelCase, spread } from "../lib/model-case.mjs";
import { buildRin, predictLikeTrained, toExample } from "../lib/rin-model.mjs";

const asked = readModelCase(process.argv.slice(2));
const { options, infer } = asked;

const data = JSON.parse(readFileSync(options.data, "utf8"));
const { built, config } = buildRin(data, options, asked.engine);
const groups = batches(data.sentences, Number(options.batches ?? 12), config.training.batch);
if (infer) predictLikeTrained(built, data, groups.filter((_, k) => k % 3 === 0).flat());
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
