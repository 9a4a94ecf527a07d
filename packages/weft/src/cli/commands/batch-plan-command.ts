import { declareCommand } from "../declaration.ts";
import { wholeNumber } from "../option-values.ts";
import { annotatingOptions, computeOptions, newlinesOption, pluginOption, tripleOptions } from "../shared-options.ts";

export const batchPlanCommand = declareCommand({
  name: "batch plan",
  group: "Batches",
  summary: "divide files into shards to extract from",
  details:
    "Writes plan.json and a list of shards into a folder, for weft batch run. Each shard is a range of whole records of one " +
    "file; a compressed file is one shard. Plans never change, and planning the same again changes nothing. Every worker " +
    "must find the files and the model under the same paths.\n\n" +
    "By default each file is read once, so that every shard has its line numbers and its own checksum, and the collected " +
    "output is that of weft extract, byte for byte. --checksum sampled reads only around the cuts, for terabytes: ids then " +
    "name the byte of a record instead of its line, as with weft extract --ids byte.",
  arguments: { files: { description: "text with a document per line or paragraph, or JSONL, plain or gzip", many: true } },
  options: {
    model: { value: "model", description: "a model's folder, a run's, or the name of an installed package", required: true },
    out: { short: "o", value: "folder", description: "the folder of the batch", required: true },
    records: { value: "n", description: "max records of a shard", parse: wholeNumber(1), default: 20_000 },
    checksum: {
      value: "how",
      description: "what identifies the files: all of their bytes, or their size and samples of them",
      choices: ["full", "sampled"],
      default: "full",
    },
    input: {
      value: "kind",
      description: "what is a document",
      choices: ["auto", "line", "paragraphs", "jsonl"],
      defaultWords: "auto: by the file's name and shape",
    },
    newlines: { ...newlinesOption, defaultWords: "the model's own, usually auto" },
    blank: {
      value: "what",
      description: "a blank line of text: keep it as a record, or skip it",
      choices: ["record", "skip"],
      default: "record",
    },
    format: {
      value: "name",
      description: "the format of the parts, which must be one that can be joined",
      choices: ["jsonl", "triples", "tsv", "csv"],
      default: "jsonl",
    },
    identity: {
      value: "where",
      description: "where jsonl names the model: in OUT.model.json next to the collected file, or in each record",
      choices: ["file", "record"],
      default: "file",
    },
    escapeFormulas: tripleOptions.escapeFormulas,
    ...annotatingOptions,
    buckets: {
      value: "n",
      description: "number of buckets in which triples are counted for weft batch reduce; 0: do not count them",
      parse: wholeNumber(0, 4096),
      default: 16,
    },
    kernels: computeOptions.kernels,
    deterministic: computeOptions.deterministic,
    plugin: pluginOption,
  },
  json: true,
  examples: [
    ["weft batch plan news-*.txt --model runs/weft-1 --out batch", "shards of 20,000 lines"],
    ["weft batch plan crawl.jsonl --model runs/weft-1 --out batch --checksum sampled", "a terabyte, without reading it"],
    ["weft batch plan news.txt --model runs/weft-1 --out batch --deterministic", "the same bytes on machines of different kinds"],
  ],
});
