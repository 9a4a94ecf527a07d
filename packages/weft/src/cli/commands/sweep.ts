import { basename, join } from "node:path";
import { UsageError } from "@weft-nlp/node";
import type { PlannedRun } from "@weft-nlp/node/experiments";
import {
  bestTable,
  gridPoints,
  parseAxis,
  type SweepReport,
  sweepReport,
  sweepSelectionWords,
  sweepTable,
  writeSweepReport,
} from "@weft-nlp/node/experiments";
import { Argument, Option } from "commander";
import { type CommandContext, defineCommand } from "../command.ts";
import { gather } from "../compute-options.ts";
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
  readonly grid?: readonly string[];
  readonly seeds?: string;
  readonly test?: string;
}

export const sweepCommand = defineCommand<[config: string], Options>({
  name: "sweep",
  group: "Models",
  summary: "train a grid of settings, and find the best on dev",
  details:
    "--grid names a setting and its values (YAML, with commas between); several --grid are combined. All combinations are checked before " +
    "anything runs. Each is a run of its own in FOLDER/SETTINGS/seed-N. They are compared by the F1 on dev that chose each run's epoch, " +
    "averaged over seeds; test plays no part, and is shown for the best one alone. One axis gives a curve, two a heat map: report.json, " +
    `report.html and dev-PROTOCOL.svg in FOLDER. A wider grid in the same folder trains only what is new. ${manyRunsWords}`,
  arguments: [new Argument("<config>", "a YAML file, as for weft train")],
  options: [
    new Option("--grid <path=values...>", "a setting and its values: --grid objective.alpha=0.01,0.1,1").argParser(gather),
    new Option(
      "--seeds <list>",
      "how many seeds a point, counted from 1, or which: 3, or 1,2,7; the configuration's own where left out",
    ),
    new Option("--test <file>", "test data in place of the configuration's"),
    ...manyRunsOptions("runs/NAME-sweep"),
  ],
  json: true,
  listValues: { protocol: () => [...protocolNames] },
  examples: [
    ["weft sweep examples/corpus/weft.yaml --grid model.rounds=0,1,2,3 --seeds 3", "a curve over K, with error bars"],
    ["weft sweep mrt.yaml --grid objective.alpha=0.0001,0.01,1 --grid objective.mu=0,0.5,1", "a heat map of nine settings"],
  ],
  run: async (context, [path], options) => {
    if (options.grid === undefined) throw new UsageError("weft sweep needs a --grid", "for example --grid model.rounds=0,1,2");
    const axes = options.grid.map(parseAxis);
    const points = gridPoints(axes);
    const folder = folderOf(path, options, "sweep");
    const changes = options.set ?? [];
    const seeds = options.seeds === undefined ? [(await configOf(path, changes)).seed] : parseSeeds(options.seeds);
    const runs: PlannedRun[] = [];
    for (const point of points) {
      for (const seed of seeds) {
        const name = `${point.name}/seed-${seed}`;
        const config = await configOf(path, [...changes, ...point.changes, `seed=${seed}`]);
        runs.push({ name, folder: join(folder, point.name, `seed-${seed}`), config, ...scoringOf(options) });
      }
    }
    const finished = await finishRuns(runs, options, context);
    const failed = finished.failures.map(({ run }) => run);
    const runsOf = new Map(
      points.map(({ name: point }) => [point, finished.outcomes.filter(({ name }) => name.startsWith(`${point}/`))]),
    );
    const report = sweepReport({ configuration: basename(path), axes, seeds, failed }, points, runsOf);
    const { protocols = [] } = scoringOf(options);
    if (report.best !== null) await writeSweepReport(folder, report, protocols);
    if (context.terminal.json) await context.terminal.printJson(report);
    else if (report.best !== null) await show(report, protocols, folder, context);
    requireSuccess(finished, runs.length);
  },
});

async function show(report: SweepReport, protocols: readonly string[], folder: string, context: CommandContext): Promise<void> {
  const { terminal } = context;
  const notes = [`Over ${count(report.seeds.length, "seed")} a point: ${sweepSelectionWords}.`];
  const words = report.points.find(({ name }) => name === report.best)?.dev ?? [];
  await terminal.print(summaryText(sweepTable(report, protocols), [], notes, context));
  await terminal.print(`\n${terminal.style("bold", `best on dev: ${report.best}`)}\n`);
  await terminal.print(summaryText(bestTable(report), words, [], context));
  terminal.say(`\neverything in ${join(folder, "report.html")}`);
}
