import { basename, join } from "node:path";
import type { PlannedRun } from "@weft-nlp/node/experiments";
import { repeatReport, repeatTable, selectionWords, writeRepeatReport } from "@weft-nlp/node/experiments";
import type { Handler } from "../command.ts";
import type { repeatCommand } from "../commands/repeat-command.ts";
import { configOf, finishRuns, folderOf, parseSeeds, requireSuccess, scoringOf } from "../many-runs.ts";
import { summaryText } from "../summary-text.ts";
import { count } from "../words.ts";

export const run: Handler<typeof repeatCommand> = async (context, { config: path, ...options }) => {
  const seeds = parseSeeds(options.seeds);
  const folder = folderOf(path, options, "repeat");
  const runs = await Promise.all(
    seeds.map(
      async (seed): Promise<PlannedRun> => ({
        name: `seed-${seed}`,
        folder: join(folder, `seed-${seed}`),
        config: await configOf(path, [...options.set, `seed=${seed}`]),
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
};
