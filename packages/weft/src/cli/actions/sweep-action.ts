import { basename, join } from "node:path";
import { UsageError } from "@weft-nlp/node/errors";
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
import type { CommandContext, Handler } from "../command.ts";
import type { sweepCommand } from "../commands/sweep-command.ts";
import { configOf, finishRuns, folderOf, parseSeeds, requireSuccess, scoringOf } from "../many-runs.ts";
import { summaryText } from "../summary-text.ts";
import { count } from "../words.ts";

export const run: Handler<typeof sweepCommand> = async (context, { config: path, ...options }) => {
  if (options.grid.length === 0) throw new UsageError("weft sweep needs a --grid", "for example --grid model.rounds=0,1,2");
  const axes = options.grid.map(parseAxis);
  const points = gridPoints(axes);
  const folder = folderOf(path, options, "sweep");
  const changes = options.set;
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
};

async function show(report: SweepReport, protocols: readonly string[], folder: string, context: CommandContext): Promise<void> {
  const { terminal } = context;
  const notes = [`Over ${count(report.seeds.length, "seed")} a point: ${sweepSelectionWords}.`];
  const words = report.points.find(({ name }) => name === report.best)?.dev ?? [];
  await terminal.print(summaryText(sweepTable(report, protocols), [], notes, context));
  await terminal.print(`\n${terminal.style("bold", `best on dev: ${report.best}`)}\n`);
  await terminal.print(summaryText(bestTable(report), words, [], context));
  terminal.say(`\neverything in ${join(folder, "report.html")}`);
}
