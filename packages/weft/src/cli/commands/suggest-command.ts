import { declareCommand } from "../declaration.ts";
import { decimalNumber, probability, wholeNumber } from "../option-values.ts";
import { computeOptions, inputOption, pluginOption } from "../shared-options.ts";

export const suggestCommand = declareCommand({
  name: "suggest",
  group: "Data and scores",
  summary: "choose the sentences to annotate next",
  details:
    "Reads text without annotation, and writes the sentences whose annotation should help the model most: those in which it " +
    "is unsure of entities and relations, and that differ from each other. They include what the model found, so the " +
    "annotator only has to correct it. Any format can be written, for Label Studio, Prodigy or brat. The same input gives " +
    "the same sentences. Sentences that the model was trained on are skipped, and so are those of --exclude. On CoNLL04 " +
    "this was no better than chance; docs/little-data.md has the numbers.",
  arguments: {
    model: { description: "a model's folder, or a run's" },
    files: {
      description: "text, HTML, PDF or data in any format, plain or gzip, or folders of these; - or none for standard input",
      many: true,
      optional: true,
    },
  },
  options: {
    top: { value: "n", description: "how many sentences", parse: wholeNumber(1), default: 100 },
    out: { short: "o", value: "path", description: "where to write them", default: "-" },
    to: {
      value: "format",
      description: "write this format",
      suggests: async () => (await import("@weft-nlp/core/formats")).outputFormats.names,
      defaultWords: "by the extension of --out, else jsonl",
    },
    exclude: { value: "file", description: "annotated sentences to skip", many: "several each" },
    variety: {
      value: "x",
      description: "how much less a sentence counts if those already chosen have its words; 0: only uncertainty counts",
      parse: decimalNumber(0),
      default: 1,
    },
    threshold: {
      value: "p",
      description: "probability from which a relation is written; lower ones only count as uncertainty",
      defaultWords: "the model's own",
      parse: probability,
    },
    bare: { description: "write the sentences without what the model found" },
    input: inputOption,
    force: { description: "replace an existing file" },
    ...computeOptions,
    plugin: pluginOption,
  },
  json: true,
  examples: [
    ["weft suggest runs/weft-1 news.txt --top 50 --out next.json --to label-studio", "fifty tasks for Label Studio"],
    ["weft suggest runs/weft-1 news.txt --out next.jsonl --exclude annotated.jsonl", "skip what is annotated already"],
  ],
});
