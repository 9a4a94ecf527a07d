import { declareCommand } from "../declaration.ts";
import { duration, wholeNumber } from "../option-values.ts";
import { computeOptions, entitiesOption, formatOption, pluginOption, setOption } from "../shared-options.ts";

export const trainCommand = declareCommand({
  name: "train",
  group: "Models",
  summary: "train a model, from annotated data or from a configuration",
  details:
    "From a configuration: reads annotated sentences, trains, chooses the best epoch on dev, and scores dev and (once, at " +
    "the end) test. Writes a run folder: config.yaml, events.jsonl, checkpoints/, report.json, loss.svg, score.svg and " +
    "model/, which has the best epoch so far from the start. --resume continues a run that stopped for any reason, and ends " +
    "in the same bytes. With --json every event is a line on standard output.\n\nFrom data (files or folders in any format, " +
    "whether or not their names say train, dev and test): does what weft init does, in the run's folder, then trains a " +
    "small model in about a minute, and then the chosen one. The run's model/ is always the best on dev so far, and is " +
    "calibrated at the end; both are normal runs below runs/. --budget spends time on settings and seeds, chosen on dev by " +
    "successive halving. --resume continues it.",
  arguments: { sources: { description: "a configuration (YAML), or annotated files and folders", many: true } },
  options: {
    set: setOption,
    run: { value: "folder", description: "the run's folder", defaultWords: "runs/NAME-SEED" },
    seed: { value: "n", description: "the same as --set seed=N", parse: wholeNumber(0) },
    budget: {
      value: "time",
      description: "from data: train at most this long in all, such as 30m or 2h, and search settings in the time that is left",
      parse: duration,
    },
    entities: entitiesOption,
    encoder: { value: "name", description: "from data: read this pretrained encoder from the cache" },
    format: formatOption,
    ...computeOptions,
    skipInvalid: { description: "skip documents that cannot be read, and say how many; give it again with --resume" },
    resume: { description: "continue the run in this folder; fails if there is none" },
    withEncoder: { description: "copy the pretrained encoder that the model reads into its folder, instead of naming it" },
    checkpointSeconds: { value: "n", description: "min time between checkpoints", parse: wholeNumber(0), default: 5 },
    plugin: pluginOption,
  },
  json: true,
  examples: [
    ["weft train annotations/", "a model from a folder of annotated documents, without a configuration"],
    ["weft train train.jsonl dev.jsonl --budget 30m", "spend half an hour on settings and seeds"],
    ["weft train examples/corpus/weft.yaml", "train on the bundled corpus as its configuration says"],
    ["weft train weft.yaml --set model.rounds=2 --seed 3 --run runs/k2-3", "change a setting and the seed, in a new folder"],
    ["weft train weft.yaml --run runs/k2-3 --resume", "continue where it stopped"],
  ],
});
