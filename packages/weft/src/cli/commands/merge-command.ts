import { declareCommand } from "../declaration.ts";
import { computeOptions, pairOptions, pluginOption } from "../shared-options.ts";

export const mergeCommand = declareCommand({
  name: "merge",
  group: "Models",
  summary: "make one model from several runs of one configuration",
  details:
    "Writes an ensemble: a model that decides from the mean of its members' probabilities. It usually finds more than any member, and " +
    "takes as long as all of them together. Members must have the same settings and labels; their words may differ. Prints the " +
    "scores of the members and of the ensemble on the same data. The result is a model folder like any other. docs/merging.md explains " +
    "more.",
  arguments: { runs: { description: "runs' folders or models', two or more", many: true } },
  options: {
    out: { short: "o", value: "folder", description: "the folder of the new model", required: true },
    data: { value: "file", description: "annotated sentences to score on", defaultWords: "the first run's dev data" },
    columns: { ...pairOptions.columns, defaultWords: "as the first run's, else usual names" },
    ...computeOptions,
    plugin: pluginOption,
  },
  json: true,
  examples: [
    ["weft merge runs/weft-1 runs/weft-2 runs/weft-3 -o models/weft", "three seeds become one model"],
    ["weft merge models/a models/b -o models/c --data dev.jsonl", "models without their runs, scored on a file"],
  ],
});
