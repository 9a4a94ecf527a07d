import { declareCommand } from "../declaration.ts";
import { formatOption, pluginOption } from "../shared-options.ts";

export const dataMergeCommand = declareCommand({
  name: "data merge",
  group: "Data and scores",
  summary: "merge the annotations of several people",
  details:
    "Keeps what more than half of a document's annotators marked, what any of them marked (union), or what all marked " +
    "(intersection). A document with only one annotator keeps that annotation. --adjudicate writes the sentences on which " +
    "they disagree: the page's view Correct opens the file (weft serve --data), with everything disputed as a suggestion. " +
    "--adjudicated takes the decisions back. Inputs are matched as in weft data agreement.",
  arguments: {
    annotators: { description: "annotated files or folders; NAME=PATH sets another name than the file's", many: true },
  },
  options: {
    out: { short: "o", value: "path", description: "the merged data, in the format of its extension", required: true },
    by: {
      value: "rule",
      description: "what to keep",
      choices: ["majority", "union", "intersection"],
      default: "majority",
    },
    adjudicate: { value: "file", description: "also write the sentences in dispute into this file, as JSONL" },
    adjudicated: { value: "file", description: "decisions about sentences in dispute, which replace what the rule says" },
    to: {
      value: "format",
      description: "write this format",
      suggests: async () => (await import("@weft-nlp/core/formats")).outputFormats.names,
    },
    force: { description: "replace existing files" },
    format: formatOption,
    plugin: pluginOption,
  },
  json: true,
  examples: [
    ["weft data merge anna.jsonl ben.jsonl carol.jsonl --out gold.jsonl", "what two of three marked"],
    ["weft data merge export.json --by union --out all.jsonl --adjudicate review/disputes.jsonl", "with a file to decide from"],
    ["weft serve model --data review --corrections corrections", "open it on the page, under Correct"],
    ["weft data merge export.json --out gold.jsonl --adjudicated decided.jsonl", "with the decisions that the page exported"],
  ],
});
