// Faults of the schedule, the order, the choice of the best epoch, constraints, metrics, files, the
// queue.

const core = "packages/core/src";
const training = `${core}/training`;
const selection = [`${training}/selection.test.ts`, `${training}/train.test.ts`];
const loop = [`${training}/train.test.ts`, `${training}/parts.test.ts`];
const constraints = [`${core}/constraints`, `${core}/inference/constrained.test.ts`];
const writeFile = "packages/node/src/files/write-file.ts";
const batcher = "packages/server/src/extraction/batcher.ts";

/** @type {readonly import("./faults.mjs").Fault[]} */
export const otherFaults = [
  {
    name: "warmup-from-zero",
    meaning: "the first step of the warm-up has the rate 0",
    file: `${training}/schedule.ts`,
    find: "return (step + 1) / warmup;",
    replace: "return step / warmup;",
    tests: [`${training}/schedule.test.ts`],
  },
  {
    name: "same-order-every-epoch",
    meaning: "every epoch has the same order",
    file: `${training}/batches.ts`,
    find: 'Random.of(options.seed, "order", epoch)',
    replace: 'Random.of(options.seed, "order")',
    tests: [`${training}/batches.test.ts`],
  },
  {
    name: "best-is-last",
    meaning: "the model at the end has the weights of the last epoch",
    file: `${training}/train.ts`,
    find: 'if (best !== undefined) writeWeights(store, best, "the best epoch");',
    replace: 'if (best !== undefined && steps < 0) writeWeights(store, best, "the best epoch");',
    tests: loop,
  },
  {
    name: "chosen-on-train",
    meaning: "the best epoch is chosen on train",
    file: `${training}/train.ts`,
    find: "const report = evaluate(input.dev, predictions, {",
    replace: "const report = evaluate(input.train.slice(0, predictions.length), predictions, {",
    tests: loop,
  },
  {
    name: "patience-of-equals",
    meaning: "an equal epoch counts as progress",
    file: `${training}/selection.ts`,
    find: 'stale: compared === "better" ||',
    replace: "stale: improved ||",
    tests: selection,
  },
  {
    name: "ties-by-score-alone",
    meaning: "entities do not decide between epochs of equal F1",
    file: `${training}/selection.ts`,
    find: "const difference = (next.entities ?? 0) - (best.entities ?? 0);",
    replace: "const difference = 0 * ((next.entities ?? 0) - (best.entities ?? 0));",
    tests: selection,
  },
  {
    name: "macro-of-all-types",
    meaning: "the macro average counts types without gold",
    file: `${core}/metrics/counts.ts`,
    find: "if (counts.gold === 0) continue;",
    replace: "",
    tests: [`${core}/metrics/counts.test.ts`, `${core}/metrics/evaluate.test.ts`],
  },
  {
    name: "threshold-ties-low",
    meaning: "of thresholds with the same F1 the lowest is chosen",
    file: `${core}/metrics/thresholds.ts`,
    find: "point.f1 > best.f1 ? point : best",
    replace: "point.f1 >= best.f1 ? point : best",
    tests: [`${core}/metrics/thresholds.test.ts`],
  },
  {
    name: "capacity-one-more",
    meaning: "a relation may have one argument more than maxPerHead",
    file: `${core}/constraints/problem.ts`,
    find: "if ((used[slot] ?? 0) > (capacities[slot] ?? 0)) return false;",
    replace: "if ((used[slot] ?? 0) > (capacities[slot] ?? 0) + 1) return false;",
    tests: constraints,
  },
  {
    name: "cycle-of-two",
    meaning: "a relation and its reverse are no cycle",
    file: `${core}/constraints/problem.ts`,
    find: "if (own.get(to)?.has(from) === true) return false;",
    replace: "if (own.get(to)?.has(from) === true && own.get(to)?.size !== 1) return false;",
    tests: constraints,
  },
  {
    name: "no-sync-before-rename",
    meaning: "a file is renamed before its bytes are on disk",
    file: writeFile,
    find: "      await writeAll(handle, pieces);\n      await handle.sync();\n",
    replace: "      await writeAll(handle, pieces);\n",
    tests: ["packages/node/src/files/write-file.test.ts", "packages/node/src/files/open-file.test.ts"],
  },
  {
    name: "no-sync-of-folder",
    meaning: "the new name of a file is not forced to disk",
    file: writeFile,
    find: "    throw cause;\n  }\n  await syncFolder(folder);\n}",
    replace: "    throw cause;\n  }\n}",
    tests: ["packages/node/src/files/write-file.test.ts", "packages/node/src/files/open-file.test.ts"],
  },
  {
    name: "queue-ignores-size",
    meaning: "the limit of the queue ignores how many sentences a request brings",
    file: batcher,
    find: "this.#waitingSentences + sentences <= this.#limits.queueSentences",
    replace: "this.#waitingSentences + 0 * sentences < this.#limits.queueSentences",
    tests: ["packages/server/src/extraction/batcher.test.ts"],
  },
  {
    name: "dropped-sentences-wait",
    meaning: "a request that is dropped keeps its place in the count of the queue",
    file: batcher,
    find: "    const rest = job.take(job.examples.length);\n    this.#waitingSentences -= rest.examples.length;\n",
    replace: "    const rest = job.take(job.examples.length);\n",
    tests: ["packages/server/src/extraction/batcher.test.ts"],
  },
];
