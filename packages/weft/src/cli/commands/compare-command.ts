import { declareCommand } from "../declaration.ts";
import { wholeNumber } from "../option-values.ts";
import {
  computeOptions,
  formatOption,
  pairOptions,
  pluginOption,
  protocolOption,
  thresholdOption,
  typeOptions,
} from "../shared-options.ts";

export const compareCommand = declareCommand({
  name: "compare",
  group: "Data and scores",
  summary: "test whether one system is better than another",
  details:
    "A and B are runs, models, or files of predictions for the same sentences. Two tests measure how easily chance gives such a " +
    "difference: paired bootstrap over sentences, and approximate randomisation.\n\n" +
    "To compare several runs per system, write them with commas between, the same number on both sides. The counts of a sentence " +
    "are then summed over a system's runs before testing, and the spread between runs is printed as well.",
  arguments: {
    a: { description: "a run, a model's folder or a file of predictions; several with commas between" },
    b: { description: "the other system; differences are B − A" },
  },
  options: {
    data: { value: "file", description: "annotated sentences on which to compare runs" },
    gold: { value: "file", description: "annotated sentences on which to compare files of predictions" },
    protocol: protocolOption,
    examples: { value: "n", description: "show this many sentences that differ", parse: wholeNumber(1) },
    report: { value: "folder", description: "write comparison.json and comparison.html, with every sentence that differs" },
    ...typeOptions,
    resamples: { value: "n", description: "resamples of each test", parse: wholeNumber(10_000), default: 10_000 },
    seed: { value: "n", description: "seed of the tests; the same seed gives the same p", parse: wholeNumber(0), default: 1 },
    threshold: thresholdOption,
    format: formatOption,
    columns: pairOptions.columns,
    ...computeOptions,
    plugin: pluginOption,
  },
  json: true,
  examples: [
    ["weft compare runs/nn runs/mrt --data test.jsonl --examples 5", "two runs, with sentences where they differ"],
    ["weft compare a.jsonl b.jsonl --gold gold.jsonl -p strict", "predictions of any two systems"],
    ["weft compare nn-1,nn-2,nn-3 mrt-1,mrt-2,mrt-3 --data test.jsonl --report out", "three runs of each"],
  ],
});
