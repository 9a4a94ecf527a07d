import { declareCommand } from "../declaration.ts";
import {
  annotationOptions,
  formatOption,
  pairOptions,
  pluginOption,
  skipInvalidOption,
  textOptions,
  tripleOptions,
  typesFileOption,
} from "../shared-options.ts";

export const convertCommand = declareCommand({
  name: "convert",
  group: "Data and scores",
  summary: "turn annotation in one format into another",
  details:
    "Reads and writes as a stream, and lists on standard error everything that could not be carried over: what, where, why " +
    "and how many. Detects the input's format from its content, and the output's from its extension if only one format has " +
    "it. To read a corpus with a file per document, name its folder. Several inputs, of any formats, become one output. The " +
    "output appears only when it is complete.",
  arguments: {
    files: {
      description:
        "one or several inputs, then the output. An input is a file, plain or gzip, a folder for formats with many files (brat, " +
        "ACE05), or - for standard input. The output is a file, compressed if it ends in .gz, a new folder for brat, or - for " +
        "standard output",
      many: true,
    },
  },
  options: {
    out: { short: "o", value: "path", description: "the output; every argument is then an input" },
    from: { ...formatOption, value: "format", description: "read the input as this format instead of detecting it" },
    to: { value: "format", description: "write this format", suggests: writableFormats },
    strict: { description: "exit with 1 if anything was omitted" },
    offsets: {
      value: "unit",
      description: "what the input's character offsets count, if the words next to them do not show it",
      choices: ["utf16", "codepoint", "grapheme"],
    },
    mentions: {
      value: "rule",
      description: "which place is meant if words occur several times and the format has no offsets",
      choices: ["nearest", "first"],
      defaultWords: "nearest",
    },
    spans: {
      value: "which",
      description: "which words of a mention to use, if the corpus marks both",
      choices: ["head", "extent"],
      defaultWords: "head",
    },
    types: typesFileOption,
    ...annotationOptions,
    ...pairOptions,
    predictions: { description: "read a system's predictions instead of the annotation, if the input has both" },
    skipInvalid: skipInvalidOption,
    ...textOptions,
    list: { value: "file", description: "only the documents that this file names, one per line: a part of a split" },
    ...tripleOptions,
    plugin: pluginOption,
  },
  json: true,
  exitCodes: { 1: "the conversion failed, or with --strict something was omitted" },
  examples: [
    ["weft convert annotations/ train.jsonl", "a brat folder into Weft's own format"],
    ["weft convert train.jsonl.gz train/ --to brat", "and back"],
    ["weft convert ann-1/ ann-2/ old.jsonl --out all.jsonl", "several inputs into one file"],
    ["weft convert ACE05/English train.jsonl --list train.txt", "one part of a licensed corpus"],
    ["weft convert export.json spert/train.json --to spert --strict", "fail if anything is omitted"],
    [
      "weft convert export.json train.jsonl --text-field Full_Text --annotator ada@example.org",
      "one person's work from Label Studio",
    ],
    ["weft convert gold.jsonl gold.nt", "as triples for a store; docs/triples.md has their forms"],
  ],
});

async function writableFormats(): Promise<readonly string[]> {
  const [{ outputFormats }, triples] = await Promise.all([import("@weft-nlp/core/formats"), import("../triple-conversion.ts")]);
  return [...outputFormats.names, ...Object.keys(triples.conversionFormats)];
}
