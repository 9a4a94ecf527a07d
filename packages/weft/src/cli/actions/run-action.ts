import { basename, join } from "node:path";
import { textTable } from "@weft-nlp/draw";
import {
  experimentNote,
  experimentReport,
  experimentRuns,
  experimentTable,
  readExperimentPlan,
  runsOfPart,
  writeExperimentReport,
  writePlannedFolds,
} from "@weft-nlp/node/experiments";
import type { Handler } from "../command.ts";
import type { runCommand } from "../commands/run-command.ts";
import { finishRuns, requireSuccess } from "../many-runs.ts";

export const run: Handler<typeof runCommand> = async (context, { plan: path, run, only, seed: seeds, ...options }) => {
  const { terminal } = context;
  const plan = await readExperimentPlan(path);
  const folder = run ?? join("runs", basename(path).replace(/\.ya?ml$/, ""));
  const runs = await runsOfPart(plan.value, { only, seeds }, await experimentRuns(plan, folder));
  await writePlannedFolds(plan, folder, runs);
  const finished = await finishRuns(runs, options, context);
  const failed = finished.failures.map(({ run }) => run);
  const report = experimentReport(plan.value, failed, finished.outcomes);
  await writeExperimentReport(folder, report);
  if (terminal.json) await terminal.printJson(report);
  else {
    const { header, rows } = experimentTable(report);
    const [head = "", ...lines] = textTable(header, rows, { width: terminal.width }).split("\n");
    await terminal.print([terminal.style("bold", report.title), "", terminal.style("bold", head), ...lines].join("\n"));
    await terminal.print(`\n${terminal.style("dim", experimentNote)}`);
    terminal.say(`\neverything in ${folder}`);
  }
  requireSuccess(finished, runs.length);
};
