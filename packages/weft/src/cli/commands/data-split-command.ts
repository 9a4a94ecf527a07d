import { declareCommand } from "../declaration.ts";
import { probability, wholeNumber } from "../option-values.ts";
import { annotationOptions, formatOption, pairOptions, pluginOption, textOptions, typesFileOption } from "../shared-options.ts";

export const dataSplitCommand = declareCommand({
  name: "data split",
  group: "Data and scores",
  summary: "divide a corpus into train, dev and test",
  details:
    "Divides by document, and spreads every relation type over the parts as the shares say (iterative stratification). " +
    "Documents that share an annotated sentence of four tokens or more, word for word, stay together, and so do those with " +
    "the same id or `doc`, so that no part shows what another is scored on. A set of documents that is too large for a part " +
    "goes to train. The shares count sentences. If a part is more than two points off, the command says why. Several inputs " +
    "are divided as one corpus. The same seed gives the same parts. Shares that are missing get what the others leave.",
  arguments: {
    inputs: { description: "annotated files, plain or gzip, brat folders, or - for standard input", many: true },
  },
  options: {
    train: { value: "share", description: "share of train, between 0 and 1", parse: probability, defaultWords: "0.8" },
    dev: { value: "share", description: "share of dev", parse: probability, defaultWords: "0.1" },
    test: { value: "share", description: "share of test", parse: probability, defaultWords: "0.1" },
    out: {
      short: "o",
      value: "folder",
      description: "where the parts go: train.jsonl, dev.jsonl and test.jsonl",
      required: true,
    },
    seed: { value: "number", description: "another number gives another division", parse: wholeNumber(0), default: 1 },
    to: {
      value: "format",
      description: "write this format",
      suggests: async () => (await import("@weft-nlp/core/formats")).outputFormats.names,
      default: "jsonl",
    },
    format: { ...formatOption, description: "read the input as this format instead of detecting it" },
    types: typesFileOption,
    ...annotationOptions,
    ...pairOptions,
    ...textOptions,
    sharedFrom: {
      value: "tokens",
      description: "shorter sentences, such as headings, may appear in several parts",
      parse: wholeNumber(1),
      default: 4,
    },
    shared: {
      value: "which",
      description: "which shared sentences keep documents together: those with an entity, or all",
      choices: ["annotated", "all"],
      default: "annotated",
    },
    force: { description: "replace existing files" },
    all: { description: "list every relation type, not only the most frequent" },
    plugin: pluginOption,
  },
  json: true,
  examples: [
    ["weft data split corpus.jsonl --train 0.8 --dev 0.1 --test 0.1 --out split", "three files in a folder"],
    ["weft data split annotations/ --train 0.9 --test 0.1 --out split --to brat", "a brat folder in two parts"],
    ["weft data split ann/ more/ old.jsonl --out split", "several inputs as one corpus"],
  ],
});
