import { join } from "node:path";
import { type RatesSummary, type SeedSummary, summariseReports } from "@weft-nlp/core/metrics";
import { lineChart } from "@weft-nlp/draw";
import { writeJsonFile } from "../files/json-file.ts";
import { writeFileAtomically } from "../files/write-file.ts";
import { type ExperimentPlan, type ExperimentRun, runNames } from "./experiment-plan.ts";
import type { RunOutcome } from "./planned-run.ts";
import { meanTexts, points } from "./rates-text.ts";

/** The results of a plan, as stored in `report.json`. */
export interface ExperimentReport {
  readonly kind: "experiment";
  readonly title: string;
  readonly axis: string | null;
  readonly failed: readonly string[];
  /** One row per run and protocol, in the order of the plan. */
  readonly rows: readonly ExperimentRow[];
}

interface ExperimentRow extends Pick<ExperimentRun, "name" | "x"> {
  readonly series: string;
  readonly protocol: string;
  /** The seeds that are done; with folds, that of each fold. */
  readonly seeds: readonly number[];
  /** Scores on test; null until a seed is done. */
  readonly micro: RatesSummary | null;
  readonly weighted: RatesSummary | null;
  /** The F1 of a baseline that only remembers training triples, for protocols that have one. */
  readonly memory: number | null;
}

/** Summarises the runs of a plan. @param failed the names of failed runs */
export function experimentReport(
  plan: ExperimentPlan,
  failed: readonly string[],
  outcomes: readonly RunOutcome[],
): ExperimentReport {
  const rows = plan.runs.flatMap((run) => {
    const own = runNames(plan, run).flatMap((name) => outcomes.filter((outcome) => outcome.name === name));
    const tests = own.flatMap(({ test }) => test ?? []);
    const summaries = summariseReports(tests);
    return run.protocol.map((protocol): ExperimentRow => {
      const summary = summaries.find((each) => each.protocol === protocol);
      const [scored] = tests.flatMap(({ protocols }) => protocols[protocol] ?? []);
      return {
        name: run.name,
        series: run.series ?? run.name,
        x: run.x,
        protocol,
        seeds: own.map(({ seed }) => seed),
        micro: summary?.micro ?? null,
        weighted: summary?.weighted ?? null,
        memory: scored?.memory?.f1 ?? null,
      };
    });
  });
  return { kind: "experiment", title: plan.title, axis: plan.axis ?? null, failed, rows };
}

/** Header and rows of the table: one row per run and protocol. */
export function experimentTable({ rows }: Pick<ExperimentReport, "rows">): { header: string[]; rows: string[][] } {
  const texts = (rates: RatesSummary | null): readonly string[] => (rates === null ? ["–", "–", "–"] : meanTexts(rates));
  return {
    header: ["run", "protocol", "micro P", "R", "F1", "weighted P", "R", "F1", "memory F1", "seeds"],
    rows: rows.map(({ name, protocol, micro, weighted, memory, seeds }) => [
      name,
      protocol,
      ...texts(micro),
      ...texts(weighted),
      memory === null ? "–" : points(memory),
      `${seeds.length}`,
    ]),
  };
}

/** The note below every table of a plan. */
export const experimentNote =
  "On the test data of the plan, in per cent; ± is the sample standard deviation over seeds, or over folds; epochs chosen on dev.";

/** Writes `report.json`, `table.md` and, for a plan with an axis, `figure.svg`. */
export async function writeExperimentReport(folder: string, report: ExperimentReport): Promise<void> {
  const { header, rows } = experimentTable(report);
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const table = [line(header), `|---|---|${"---:|".repeat(header.length - 2)}`, ...rows.map(line)].join("\n");
  await writeJsonFile(join(folder, "report.json"), report);
  await writeFileAtomically(join(folder, "table.md"), `# ${report.title}\n\n${experimentNote}\n\n${table}\n`);
  if (report.axis !== null) await writeFileAtomically(join(folder, "figure.svg"), figure(report, report.axis));
}

/** F1: one line per series and protocol, ± one deviation. */
function figure({ title, rows }: ExperimentReport, axis: string): string {
  // The protocols need names only where a run has several.
  const several = rows.some(({ name }, index) => rows[index + 1]?.name === name);
  const drawn = rows.map((row) => ({ ...row, series: several ? `${row.series}, ${row.protocol}` : row.series }));
  const names = [...new Set(drawn.map(({ series }) => series))];
  const series = names.map((name) => {
    const own = drawn.flatMap(({ series, x, micro }) => (series === name && micro !== null ? [{ x, f1: micro.f1 }] : []));
    return {
      name,
      points: own.map(({ x, f1 }) => [x, f1.mean] as const),
      intervals: own.flatMap(({ x, f1 }) => interval(x, f1)),
    };
  });
  return lineChart({ title, xLabel: axis, yLabel: "F1", series });
}

function interval(x: number, { mean, deviation }: SeedSummary): (readonly [number, number, number])[] {
  return deviation === null ? [] : [[x, mean - deviation, mean + deviation]];
}
