import { declareCommand } from "../declaration.ts";
import { annotationOptions, formatOption, pairOptions, pluginOption, textOptions, typesFileOption } from "../shared-options.ts";

export const dataCheckCommand = declareCommand({
  name: "data check",
  group: "Data and scores",
  summary: "find mistakes in data before you train on it",
  details:
    "Reads everything and lists problems that hurt training, with their places and what to do: records that cannot be read, " +
    "spans that do not fit tokens, offsets that disagree with the text, type names that may be misspelt, relations with odd " +
    "ends, the same sentence annotated in two ways. Compares files whose names say train, dev and test: labels that " +
    "training lacks, sentences in two files, test triples whose strings occur in training.\n\n" +
    "--fix writes a copy in which everything that needs no judgement is corrected; the input files never change. --rename " +
    "also changes type names.",
  arguments: { files: { description: "annotated files, plain or gzip; - for standard input", many: true } },
  options: {
    strict: { description: "fail on warnings too, not only on invalid records" },
    all: { description: "list every recorded place, not only the first of each problem" },
    format: formatOption,
    types: typesFileOption,
    ...annotationOptions,
    ...pairOptions,
    skipInvalid: { description: "exit with 0 in spite of invalid records, and let --fix write the others" },
    ...textOptions,
    fix: { value: "out", description: "write corrected data here: a new file, or a new folder for several files or brat" },
    rename: {
      value: "names",
      description: "with --fix: change a type's name, as from=to, entity:from=to or relation:from=to",
      many: "several each",
    },
    plugin: pluginOption,
  },
  json: true,
  exitCodes: { 1: "a record is invalid, or with --strict there is a warning; notes never count" },
  examples: [
    ["weft data check train.jsonl dev.jsonl test.jsonl", "three files that belong together"],
    ["zcat big.jsonl.gz | weft data check -", "from a pipe"],
    ["weft data check train.jsonl --fix clean.jsonl --rename relation:Work_For=works_for", "write a corrected copy"],
  ],
});
