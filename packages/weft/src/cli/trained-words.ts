import { join } from "node:path";
import type { BuiltModel } from "@weft-nlp/core/inference";
import type { Report } from "@weft-nlp/core/metrics";
import { scoreTable } from "./score-table.ts";
import type { Terminal } from "./terminal.ts";

/** Prints the scores of a trained model on dev and test. */
export async function printScores(reports: readonly (Report | undefined)[], terminal: Terminal): Promise<void> {
  for (const report of reports) {
    if (report === undefined) continue;
    await terminal.print(`\n${terminal.style("bold", report.split ?? "")}\n${scoreTable(report, terminal)}`);
  }
}

/** Suggests how to use a model. One that needs entities finds nothing in plain text. */
export function nextStep({ definition: { capabilities } }: BuiltModel, folder: string): string {
  if (!capabilities.needsGoldEntities) return `weft extract ${folder} TEXT`;
  return (
    `weft extract ${folder} DATA.jsonl, where entities are marked; to find them in plain text too, train a pipeline ` +
    "(model.name: pipeline), with this model's settings under model.classifier"
  );
}

/** Where a run's model and curves are. */
export function filesWords(folder: string): string {
  return `model in ${join(folder, "model")}, curves in ${join(folder, "score.svg")}`;
}

/** What a training leaves that was stopped after its first evaluation. */
export function stoppedWords(folder: string): string {
  return `stopped; the best model so far is in ${join(folder, "model")}; the same command with --resume goes on`;
}
