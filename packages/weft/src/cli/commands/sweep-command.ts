import { declareCommand } from "../declaration.ts";
import { manyRunsOptions, manyRunsWords, pluginOption } from "../shared-options.ts";

export const sweepCommand = declareCommand({
  name: "sweep",
  group: "Models",
  summary: "train a grid of settings, and find the best on dev",
  details:
    "--grid names a setting and its values (YAML, with commas between). Several --grid are combined, and every combination is checked " +
    "before anything runs. Each is a separate run in FOLDER/SETTINGS/seed-N. Settings are compared by the F1 on dev that chose " +
    "each run's epoch, averaged over seeds. Test plays no part, and is shown only for the best one. One axis gives a curve, two " +
    "give a heat map: report.json, report.html and dev-PROTOCOL.svg in FOLDER. A wider grid in the same folder trains only what " +
    `is new. ${manyRunsWords}`,
  arguments: { config: { description: "a YAML file, as for weft train" } },
  options: {
    grid: {
      value: "path=values",
      description: "a setting and its values: --grid objective.alpha=0.01,0.1,1",
      many: "several each",
    },
    seeds: {
      value: "list",
      description: "how many seeds per point, counted from 1, or which: 3, or 1,2,7",
      defaultWords: "the configuration's own",
    },
    test: { value: "file", description: "use this test data instead of the configuration's" },
    run: { value: "folder", description: "the folder of all runs", defaultWords: "runs/NAME-sweep" },
    ...manyRunsOptions,
    plugin: pluginOption,
  },
  json: true,
  examples: [
    ["weft sweep examples/corpus/weft.yaml --grid model.rounds=0,1,2,3 --seeds 3", "a curve over K, with error bars"],
    ["weft sweep mrt.yaml --grid objective.alpha=0.0001,0.01,1 --grid objective.mu=0,0.5,1", "a heat map of nine settings"],
  ],
});
