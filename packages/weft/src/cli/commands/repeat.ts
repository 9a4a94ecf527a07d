import { basename, join } from "node:path";
import type { PlannedRun } from "@weft-nlp/node/experiments";
import { repeatReport, repeatTable, selectionWords, writeRepeatReport } from "@weft-nlp/node/experiments";
import { Argument, Option } from "commander";
import { defineCommand } from "../command.ts";
import {
  configOf,
  finishRuns,
  folderOf,
  type ManyRunsFlags,
  manyRunsOptions,
  manyRunsWords,
  parseSeeds,
  requireSuccess,
  scoringOf,
} from "../many-runs.ts";
import { protocolNames } from "../protocol-names.ts";
import { summaryText } from "../summary-text.ts";
import { count } from "../words.ts";

interface Options extends ManyRunsFlags {
  readonly seeds: string;
  readonly test?: string;
}

export const repeatCommand = defineCommand<[config: string], Options>({
  name: "repeat",
  group: "Models",
  summary: "train a configuration with several seeds, and sum up",
  details:
    "Every seed is a run of its own, the same as weft train --seed N would do, in FOLDER/seed-N. Then dev and test are reported as " +
    `mean ± sample standard deviation: report.json, report.html and scores.svg in FOLDER. ${manyRunsWords}`,
  arguments: [new Argument("<config>", "a YAML file, as for weft train")],
  options: [
    new Option("--seeds <list>", "how many, counted from 1, or which: 5, or 1,2,7").default("5"),
    new Option("--test <file>", "test data in place of the configuration's; trained runs are scored again, not trained"),
    ...manyRunsOptions("runs/NAME-repeat"),
  ],
  json: true,
  listValues: { protocol: () => [...protocolNames] },
  examples: [
    ["weft repeat examples/corpus/weft.yaml --seeds 3", "three seeds of the bundled corpus"],
    [
      "weft repeat weft.yaml --seeds 1,2,7 --test test.jsonl -p strict,ner-strict",
      "these seeds, scored on this file by these protocols",
    ],
  ],
  run: async (context, [path], options) => {
    const seeds = parseSeeds(options.seeds);
    const folder = folderOf(path, options, "repeat");
    const runs = await Promise.all(
      seeds.map(
        async (seed): Promise<PlannedRun> => ({
          name: `seed-${seed}`,
          folder: join(folder, `seed-${seed}`),
          config: await configOf(path, [...(options.set ?? []), `seed=${seed}`]),
          ...scoringOf(options),
        }),
      ),
    );
    const finished = await finishRuns(runs, options, context);
    const failed = finished.failures.map(({ run }) => run);
    const report = repeatReport(basename(path), { seeds, failed }, finished.outcomes);
    if (report.n > 0) await writeRepeatReport(folder, report);
    if (context.terminal.json) await context.terminal.printJson(report);
    else if (report.n > 0) {
      const notes = [`Over ${count(report.n, "run")} (n = ${report.n}): ${selectionWords}.`];
      await context.terminal.print(summaryText(repeatTable(report), [...report.dev, ...(report.test ?? [])], notes, context));
      context.terminal.say(`\neverything in ${join(folder, "report.html")}`);
    }
    requireSuccess(finished, runs.length);
  },
});
