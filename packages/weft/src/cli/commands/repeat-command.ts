import { declareCommand } from "../declaration.ts";
import { manyRunsOptions, manyRunsWords, pluginOption } from "../shared-options.ts";

export const repeatCommand = declareCommand({
  name: "repeat",
  group: "Models",
  summary: "train a configuration with several seeds, and summarise",
  details:
    "Every seed is a separate run in FOLDER/seed-N, the same as weft train --seed N. Reports dev and test as mean ± sample " +
    `standard deviation: report.json, report.html and scores.svg in FOLDER. ${manyRunsWords}`,
  arguments: { config: { description: "a YAML file, as for weft train" } },
  options: {
    seeds: { value: "list", description: "how many, counted from 1, or which: 5, or 1,2,7", default: "5" },
    test: { value: "file", description: "score on this test data instead; trained runs are not trained again" },
    run: { value: "folder", description: "the folder of all runs", defaultWords: "runs/NAME-repeat" },
    ...manyRunsOptions,
    plugin: pluginOption,
  },
  json: true,
  examples: [
    ["weft repeat examples/corpus/weft.yaml --seeds 3", "three seeds of the bundled corpus"],
    [
      "weft repeat weft.yaml --seeds 1,2,7 --test test.jsonl -p strict,ner-strict",
      "these seeds, this test file, these protocols",
    ],
  ],
});
