import { declareCommand } from "../declaration.ts";
import { nameList } from "../option-values.ts";
import { manyRunsOptions, manyRunsWords, pluginOption } from "../shared-options.ts";

export const curveCommand = declareCommand({
  name: "curve",
  group: "Models",
  summary: "show how F1 grows with the training data, and what twice as much would bring",
  details:
    "Trains on growing parts of the training data, drawn by document, with several seeds each; dev stays the same. Every part is a " +
    "separate run in FOLDER/share-S/seed-N. Reports the F1 on dev that chose each run's epoch, and forecasts the F1 with twice the " +
    "data, with an interval: report.json, report.html and curve.svg in FOLDER. Given annotated data in place of a configuration, " +
    `it divides the data into train and dev first, and trains as weft train would with so much data. More shares or seeds in the same folder train only what is new. ${manyRunsWords}`,
  arguments: { source: { description: "a YAML file, as for weft train, or annotated data in any format", many: true } },
  options: {
    shares: {
      value: "list",
      description: "the parts of train, each above 0 and up to 1",
      parse: nameList,
      list: true,
      defaultWords: "0.125,0.25,0.5,1",
    },
    seeds: { value: "list", description: "how many seeds per part, counted from 1, or which: 3, or 1,2,7", default: "3" },
    dev: {
      value: "file",
      description: "dev data, if data is given in place of a configuration",
      defaultWords: "a fifth of the data",
    },
    run: { value: "folder", description: "the folder of all runs", defaultWords: "runs/NAME-curve" },
    ...manyRunsOptions,
    plugin: pluginOption,
  },
  json: true,
  examples: [
    ["weft curve examples/corpus/weft.yaml --shares 0.25,0.5,1 --seeds 2", "six runs of the bundled corpus"],
    ["weft curve annotations/ --run runs/curve", "from annotated data, without a configuration"],
    ["weft curve weft.yaml --seeds 5 -p strict,ner-strict", "more seeds, and entities as well as relations"],
  ],
});
