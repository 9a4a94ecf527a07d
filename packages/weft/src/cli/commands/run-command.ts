import { declareCommand } from "../declaration.ts";
import { nameList, seedList } from "../option-values.ts";
import { jobOptions, pluginOption } from "../shared-options.ts";

export const runCommand = declareCommand({
  name: "run",
  group: "Models",
  summary: "train and score every run of a plan, and print a table",
  details:
    "A plan is a YAML file: a title, seeds, and runs, each with a configuration, changed settings, test data and protocols. " +
    "A run is trained once per seed, in FOLDER/NAME-SEED, and may start from the model of another run (init). Prints the mean ± " +
    "sample standard deviation over seeds on test, and writes it to table.md in FOLDER; a plan with an axis also gets figure.svg. " +
    "Run the same command again to resume: finished runs are kept, the stopped one continues, failed ones are retried. " +
    "--only and --seed do a part of the plan; the table then has all runs that are finished. docs/many-runs.md explains plans.",
  arguments: { plan: { description: "a YAML file, such as those in experiments/plans" } },
  options: {
    run: { value: "folder", description: "the folder of all runs", defaultWords: "runs/NAME" },
    only: {
      value: "names",
      description: "only these runs, and those they start from; several names with commas between",
      parse: nameList,
    },
    seed: {
      value: "numbers",
      description: "only these of the plan's seeds; several numbers with commas between",
      parse: seedList,
    },
    ...jobOptions,
    plugin: pluginOption,
  },
  json: true,
  exitCodes: { 1: "a run failed; the table shows the others" },
  examples: [
    ["weft run experiments/plans/table-1.yaml", "every run of this plan, or those that are left"],
    ["weft run plan.yaml --only k0,k2 --seed 1", "two runs of the plan, with one seed each"],
    ["weft run plan.yaml --jobs 2 --threads 4", "two runs at a time, each with two threads"],
  ],
});
