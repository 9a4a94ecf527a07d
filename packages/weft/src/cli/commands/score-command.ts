import { declareCommand } from "../declaration.ts";
import { annotationOptions, formatOption, pairOptions, pluginOption, protocolOption, scoreOptions } from "../shared-options.ts";

export const scoreCommand = declareCommand({
  name: "score",
  group: "Data and scores",
  summary: "score predictions of any system against gold annotation",
  details:
    "Needs no model: both files hold the same sentences. They are matched by id, or if sentences have no ids, by order or " +
    "by words. If the second file has both gold and predictions (predicted_ner and predicted_relations of SciERC and " +
    "DyGIE++, predictions of Label Studio), its predictions are scored. Without --protocol, data with entity types is " +
    "scored by strict, boundaries and ner-strict, other data by exact, partial and ner-boundaries. `weft protocols` " +
    "explains what each counts.",
  arguments: {
    gold: { description: "annotated sentences, plain or gzip; - for standard input" },
    predicted: { description: "the same sentences with a system's predictions" },
  },
  options: {
    protocol: protocolOption,
    anchor: {
      value: "word",
      description: "the word that represents an entity in partial and rin-*",
      choices: ["last", "first"],
      default: "last",
    },
    ...scoreOptions,
    format: formatOption,
    ...annotationOptions,
    columns: pairOptions.columns,
    skipInvalid: { description: "skip gold documents that cannot be read, with their predictions, and say how many" },
    plugin: pluginOption,
  },
  json: true,
  examples: [
    ["weft score gold.jsonl predicted.jsonl", "micro scores by the usual protocols"],
    ["weft score gold.jsonl predicted.jsonl -p strict,partial --train train.jsonl", "next to a baseline that only memorises"],
    ["weft score gold.jsonl predicted.jsonl --types works_for,PER,ORG", "only these types"],
    ["weft score gold.jsonl predicted.jsonl --report reports/mine", "a page with pictures, and every mistake next to gold"],
    ["weft score gold.jsonl predicted.jsonl --json | jq .protocols.strict.micro.f1", "one number for a script"],
  ],
});
