import { declareCommand } from "../declaration.ts";
import { byteRange, wholeNumber } from "../option-values.ts";
import {
  annotatingOptions,
  computeOptions,
  formatOption,
  inputOption,
  newlinesOption,
  pluginOption,
  textFieldOption,
  tripleOptions,
} from "../shared-options.ts";

export const extractCommand = declareCommand({
  name: "extract",
  group: "Models",
  summary: "find entities and relations in text",
  details:
    "Reads text and prints one JSON line for each document: tokens, entities with character offsets, relations, and a " +
    "confidence for everything. Or writes triples for the next tool (--format, --out). Works as a stream: memory does not " +
    "grow with the input, and results come while input still arrives. Long sentences are read in windows that overlap " +
    "(--window, --overlap).\n\n" +
    "A document is a line of standard input or of a text file; a whole text file whose lines are wrapped at a width; each " +
    "file of a folder; an HTML page, by its visible text; or a PDF, which needs the package unpdf (npm install unpdf). " +
    "--input overrides this. Offsets refer to the `text` of the output, which is the extracted text for HTML and PDF.\n\n" +
    "Each record of the input gives one record of the output, in order. A record that cannot be read stops the command, and " +
    "all records before it are written; --on-error skip and --quarantine continue instead. A file grows as FILE.part and " +
    "gets its name when it is complete. After a stop or a crash, --resume continues from there and gives the same bytes.",
  arguments: {
    model: { description: "a model's folder, a run's, or the name of an installed package" },
    files: {
      description: "text, HTML, PDF or data in any format, plain or gzip, or folders of these; - or none for standard input",
      many: true,
      optional: true,
    },
  },
  options: {
    input: inputOption,
    from: { ...formatOption, value: "format", description: "read the input as this format instead of detecting it" },
    textField: textFieldOption,
    newlines: { ...newlinesOption, defaultWords: "the model's own, usually auto" },
    blank: {
      value: "what",
      description: "a blank line of text: keep it as a record, or skip it",
      choices: ["record", "skip"],
      default: "record",
    },
    range: {
      value: "start:end",
      description: "only the records that begin in these bytes of the file; parts that meet give the whole",
      parse: byteRange,
    },
    firstLine: {
      value: "n",
      description: "the number of the line at the start of --range; saves counting the lines before it",
      parse: wholeNumber(1),
    },
    ids: {
      value: "what",
      description:
        "what follows the name in the id of a record without one: its line, or its byte (weft batch plan --checksum sampled)",
      choices: ["line", "byte"],
      default: "line",
    },
    onError: {
      value: "policy",
      description: "at a record that cannot be read: stop, skip it, or put it into the file of --quarantine",
      choices: ["stop", "skip", "quarantine"],
      defaultWords: "stop, or quarantine with --quarantine",
    },
    quarantine: { value: "file", description: "write the records that cannot be read here: place, reason and the raw record" },
    resume: { description: "continue where an earlier call with the same options was stopped or killed" },
    checkpointSeconds: {
      value: "n",
      description: "min time between the points from which --resume can continue after a crash",
      parse: wholeNumber(0),
      default: 2,
    },
    format: {
      value: "name",
      description: "what to write",
      choices: async () => Object.keys((await import("@weft-nlp/node/triples")).tripleFormats),
      defaultWords: "by the extension of --out, else jsonl",
    },
    out: {
      value: "file",
      description: "write here, compressed for .gz; a new folder for neo4j-csv",
      many: "once each",
      defaultWords: "standard output",
    },
    identity: {
      value: "where",
      description: "where jsonl names the model: in OUT.model.json next to the file, or in each record",
      choices: ["file", "record"],
      default: "file",
    },
    ...tripleOptions,
    ...annotatingOptions,
    ...computeOptions,
    plugin: pluginOption,
  },
  json: true,
  exitCodes: {
    1: "the extraction failed, or stopped at an unreadable record; all records before it are written",
    3: "records that cannot be read were skipped or quarantined; all others are written",
  },
  examples: [
    ['echo "Ada Lovelace founded Acme in Paris." | weft extract runs/weft-1', "one sentence"],
    ["weft extract runs/weft-1 articles.txt.gz --format triples", "only head, relation and tail"],
    ["weft extract runs/weft-1 reports/ page.html --out found.jsonl", "a folder, and a page"],
    ["weft extract runs/weft-1 news.txt --out found.jsonl --out graph.nt.gz --out table.parquet", "three files at once"],
    ["weft extract runs/weft-1 news.txt --out found.jsonl --quarantine bad.jsonl", "continue past records that cannot be read"],
    ["weft extract runs/weft-1 news.txt --out found.jsonl --resume", "continue after a stop or a crash"],
  ],
});
