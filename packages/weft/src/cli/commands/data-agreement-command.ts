import { declareCommand } from "../declaration.ts";
import { formatOption, pluginOption } from "../shared-options.ts";

export const dataAgreementCommand = declareCommand({
  name: "data agreement",
  group: "Data and scores",
  summary: "measure how far several annotators agree",
  details:
    "Compares the annotation of the same documents by two or more people: F1 and κ (Cohen's for two, Fleiss' for more), for " +
    "all entities and relations and for each type. Exact counts the same spans; partial counts spans that share a token. " +
    "Documents are matched by id, or by order if ids are missing; those that only one annotator has do not count. An input " +
    "is one annotator, but a Label Studio export may hold several. docs/annotators.md says how everything is counted.",
  arguments: {
    annotators: { description: "annotated files or folders; NAME=PATH sets another name than the file's", many: true },
  },
  options: {
    svg: { value: "file", description: "also draw F1 by type into this file" },
    all: { description: "list every type and every confusion, not only the most frequent" },
    format: formatOption,
    plugin: pluginOption,
  },
  json: true,
  examples: [
    ["weft data agreement anna.jsonl ben.jsonl", "two annotators"],
    ["weft data agreement anna=ann-1/ ben=ann-2/ carol=ann-3/ --svg agreement.svg", "three brat folders, with a picture"],
    ["weft data agreement export.json", "everyone in a Label Studio export"],
    ["weft data agreement a.jsonl b.jsonl --json | jq .entities.exact.kappa", "one number for a script"],
  ],
});
