import { declareCommand } from "../declaration.ts";
import { probability } from "../option-values.ts";
import { computeOptions, pairOptions, pluginOption, protocolOption } from "../shared-options.ts";

export const calibrateCommand = declareCommand({
  name: "calibrate",
  group: "Models",
  summary: "fit a model's confidences and thresholds to data",
  details:
    "Fits a temperature and a shift, so that confidences are probabilities, and a threshold. Writes them into the model's " +
    "folder, where extract, evaluate and serve find them. Prints what this changes, above all how many pairs of entities " +
    "are related only because they occur together. Also writes a report and two pictures to the folder. docs/no-relation.md " +
    "explains more.",
  arguments: { model: { description: "a run's folder, or a model's" } },
  options: {
    data: {
      value: "file",
      description: "annotated sentences that the model was not trained on",
      defaultWords: "the run's dev data",
    },
    columns: { ...pairOptions.columns, defaultWords: "as the run's, else usual names" },
    protocol: {
      ...protocolOption,
      value: "name",
      description: "what counts as right",
      defaultWords: "the model's own",
    },
    perType: { description: "a threshold for each relation type" },
    precision: { value: "p", description: "max recall at this precision, instead of the best F1", parse: probability },
    reset: { description: "restore the uncalibrated model" },
    ...computeOptions,
    plugin: pluginOption,
  },
  json: true,
  examples: [
    ["weft calibrate runs/weft-1", "the best F1 on the run's own dev data"],
    ["weft calibrate runs/weft-1 --precision 0.9", "nine of ten relations right, judged by dev"],
    ["weft calibrate runs/weft-1 --per-type --data more.jsonl", "a threshold for each type, from other data"],
    ["weft calibrate runs/weft-1 --reset", "undo it"],
  ],
});
