import { declareCommand } from "../declaration.ts";
import { properShare, wholeNumber } from "../option-values.ts";
import { manyRunsOptions, manyRunsWords, pluginOption } from "../shared-options.ts";

export const cvCommand = declareCommand({
  name: "cv",
  group: "Models",
  summary: "cross-validate a configuration, in folds by document",
  details:
    "Cuts the training data (and what --pool adds) into folds that keep every document whole. A document is all sentences with the " +
    "same `doc`; a sentence without one counts as a document. --fold-seed shuffles the documents, and each goes to the fold " +
    "with the fewest sentences. Every fold is tested once. Its dev part is drawn by document from the other folds (--dev-share), " +
    "and the rest is training data. The configuration's own dev and test are not read unless --pool names them. Files are in " +
    "FOLDER/folds/N/{train,dev,test}.jsonl, runs in FOLDER/fold-N. Reports the mean ± sample standard deviation over folds, and " +
    `the scores of all test parts together (pooled): report.json, report.html and scores.svg in FOLDER. ${manyRunsWords}`,
  arguments: { config: { description: "a YAML file, as for weft train" } },
  options: {
    folds: { value: "n", description: "number of folds", parse: wholeNumber(2), default: 5 },
    pool: {
      value: "names",
      description: "more data to cut: files, or dev and test of the configuration; with commas between",
      suggests: ["dev", "test"],
      list: true,
    },
    foldSeed: { value: "n", description: "seed that draws the folds", parse: wholeNumber(0), default: 1 },
    devShare: {
      value: "share",
      description: "share of the sentences outside a fold that choose the epoch",
      parse: properShare,
      default: 0.1,
    },
    seed: { value: "n", description: "seed of the training: the same as --set seed=N", parse: wholeNumber(0) },
    run: { value: "folder", description: "the folder of all runs", defaultWords: "runs/NAME-cv" },
    ...manyRunsOptions,
    plugin: pluginOption,
  },
  json: true,
  examples: [
    ["weft cv examples/corpus/weft.yaml --folds 3 --pool dev,test", "three folds of the whole bundled corpus"],
    ["weft cv weft.yaml --folds 5 -p pairs-undirected", "five folds of the training data, scored by this protocol"],
  ],
});
