import { declareCommand } from "../declaration.ts";
import { nameList, probability, wholeNumber } from "../option-values.ts";
import { pluginOption } from "../shared-options.ts";

export const constraintsCommand = declareCommand({
  name: "constraints",
  group: "Models",
  summary: "show, learn and change the constraints on a model's relations",
  details:
    "Given annotated data, learns the constraints that hold for its relations and prints each with its counts; --out writes " +
    "them as a file to edit. Given a model or a run, prints the model's own constraints; --learn and --use replace them in " +
    "its folder, where extract, evaluate and serve find them. docs/constraints.md explains the kinds and the search.",
  arguments: { source: { description: "annotated data, or the folder of a model or a run" } },
  options: {
    learn: { value: "file", description: "learn the model's constraints from this data, usually its training data" },
    use: { value: "file", description: "give the model the constraints of this file; off: none" },
    minSupport: {
      value: "n",
      description: "cases that a learnt constraint needs",
      parse: wholeNumber(1),
      default: 20,
    },
    maxViolations: { value: "p", description: "share of these cases that may break it", parse: probability, default: 0 },
    kinds: {
      value: "names",
      description: "kinds to learn; several with commas between",
      parse: nameList,
      suggests: async () => (await import("@weft-nlp/core/constraints")).constraintKinds,
      list: true,
      defaultWords: "all",
    },
    out: { value: "file", description: "also write the constraints into this YAML file" },
    plugin: pluginOption,
  },
  json: true,
  examples: [
    ["weft constraints train.jsonl", "the constraints that hold in a corpus, with counts"],
    ["weft constraints train.jsonl --max-violations 0.01 --out rules.yaml", "with a few exceptions, into a file to edit"],
    ["weft constraints runs/weft-1 --use rules.yaml", "write the edited constraints into a model"],
    ["weft constraints runs/weft-1 --use off", "remove them"],
  ],
});
