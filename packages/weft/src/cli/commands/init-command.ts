import { declareCommand } from "../declaration.ts";
import { wholeNumber } from "../option-values.ts";
import { entitiesOption, formatOption, pluginOption } from "../shared-options.ts";

export const initCommand = declareCommand({
  name: "init",
  group: "Models",
  summary: "choose how to train on annotated data, and write a configuration",
  details:
    "Reads and checks files or folders in any format, sorts them into train, dev and test by their names, and splits off " +
    "dev (and test, from 300 sentences on) if there is none, as weft data split does. Chooses the model, inputs, vectors " +
    "and training settings that scored best on such data, and writes a short configuration with the reasons. Existing files " +
    "are never replaced without --force. In a terminal it offers to start training at once; weft train DATA does all of " +
    "this and trains.",
  arguments: { data: { description: "annotated files and folders", many: true } },
  options: {
    output: { short: "o", value: "file", description: "the configuration to write", default: "weft.yaml" },
    dataFolder: {
      value: "folder",
      description: "where split or joined data goes, as JSONL",
      defaultWords: "data, next to the configuration",
    },
    entities: entitiesOption,
    encoder: { value: "name", description: "read this pretrained encoder from the cache" },
    seed: { value: "n", description: "seed of the split and of the training", parse: wholeNumber(0), default: 1 },
    format: formatOption,
    force: { description: "replace files that exist" },
    plugin: pluginOption,
  },
  json: true,
  examples: [
    ["weft init annotations/", "from a folder of brat files"],
    ["weft init train.jsonl dev.jsonl test.jsonl -o models/weft.yaml", "from data that is already split"],
  ],
});
