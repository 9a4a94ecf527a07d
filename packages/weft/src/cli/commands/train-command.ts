import { declareCommand } from "../declaration.ts";
import { wholeNumber } from "../option-values.ts";
import { computeOptions, pluginOption, setOption } from "../shared-options.ts";

export const trainCommand = declareCommand({
  name: "train",
  group: "Models",
  summary: "train a model from a configuration",
  details:
    "Reads annotated sentences, trains, chooses the best epoch on dev, and scores dev and (once, at the end) test. Writes a run " +
    "folder: config.yaml, events.jsonl, checkpoints/, report.json, loss.svg, score.svg and model/. --resume continues a run " +
    "that stopped for any reason, and ends in the same bytes. With --json every event is a line on standard output.",
  arguments: { config: { description: "a YAML file; weft schema prints its JSON Schema for editors" } },
  options: {
    set: setOption,
    run: { value: "folder", description: "the run's folder", defaultWords: "runs/NAME-SEED" },
    seed: { value: "n", description: "the same as --set seed=N", parse: wholeNumber(0) },
    ...computeOptions,
    skipInvalid: { description: "skip documents that cannot be read, and say how many; give it again with --resume" },
    resume: { description: "continue the run in this folder; fails if there is none" },
    withEncoder: { description: "copy the pretrained encoder that the model reads into its folder, instead of naming it" },
    checkpointSeconds: { value: "n", description: "min time between checkpoints", parse: wholeNumber(0), default: 5 },
    plugin: pluginOption,
  },
  json: true,
  examples: [
    ["weft train examples/corpus/weft.yaml", "train on the bundled corpus"],
    ["weft train weft.yaml --set model.rounds=2 --seed 3 --run runs/k2-3", "change a setting and the seed, in a new folder"],
    ["weft train weft.yaml --run runs/k2-3 --resume", "continue where it stopped"],
  ],
});
