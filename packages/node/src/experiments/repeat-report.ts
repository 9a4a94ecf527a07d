import { join } from "node:path";
import { type ProtocolSummary, type Report, type SeedSummary, summariseReports } from "@weft-nlp/core/metrics";
import { barChart } from "@weft-nlp/draw";
import { writeJsonFile } from "../files/json-file.ts";
import { writeFileAtomically } from "../files/write-file.ts";
import type { RunOutcome } from "./planned-run.ts";
import { eachText, meanTexts, points } from "./rates-text.ts";
import { summaryPage } from "./summary-page.ts";

/** The result of one of several runs, without the breakdowns stored in its own folder. */
export interface RunLine extends Pick<RunOutcome, "name" | "seed" | "epochs" | "best"> {
  readonly dev: RunScores;
  readonly test: RunScores | null;
}

type RunScores = Readonly<Record<string, Pick<NonNullable<Report["protocols"]["strict"]>, "micro" | "macro" | "weighted">>>;

/** The results of several seeds of one configuration, as stored in `report.json`. */
export interface RepeatReport {
  readonly kind: "repeat";
  readonly configuration: string;
  readonly seeds: readonly number[];
  /** The number of runs behind the numbers below: all but the failed ones. */
  readonly n: number;
  readonly failed: readonly string[];
  readonly deviation: typeof deviationWords;
  readonly selection: typeof selectionWords;
  readonly dev: readonly ProtocolSummary[];
  readonly test: readonly ProtocolSummary[] | null;
  readonly runs: readonly RunLine[];
}

/** What the ± in reports means. */
export const deviationWords = "sample standard deviation (n − 1)";
/** How epochs were chosen in repeated runs, for reports. */
export const selectionWords = "each run's epoch was chosen on dev; test was read after training";

/**
 * Summarises the runs of several seeds.
 *
 * @param asked the seeds of all runs, including failed ones
 */
export function repeatReport(
  configuration: string,
  asked: { readonly seeds: readonly number[]; readonly failed: readonly string[] },
  outcomes: readonly RunOutcome[],
): RepeatReport {
  const tests = outcomes.flatMap(({ test }) => test ?? []);
  return {
    kind: "repeat",
    configuration,
    seeds: asked.seeds,
    n: outcomes.length,
    failed: asked.failed,
    deviation: deviationWords,
    selection: selectionWords,
    dev: summariseReports(outcomes.map(({ dev }) => dev)),
    test: tests.length === 0 || tests.length < outcomes.length ? null : summariseReports(tests),
    runs: outcomes.map(lineOf),
  };
}

/** The part of an outcome that goes into a summary. */
export function lineOf({ name, seed, epochs, best, dev, test }: RunOutcome): RunLine {
  return { name, seed, epochs, best, dev: scoresOf(dev), test: test === null ? null : scoresOf(test) };
}

function scoresOf({ protocols }: Report): RunScores {
  return Object.fromEntries(
    Object.values(protocols).map(({ protocol, micro, macro, weighted }) => [protocol, { micro, macro, weighted }]),
  );
}

/**
 * Header and rows of the table that the terminal and the page show: for each split and protocol, P,
 * R and F1 as mean ± sd, and each run's F1.
 */
export function repeatTable({ dev, test }: Pick<RepeatReport, "dev" | "test">): { header: string[]; rows: string[][] } {
  const rows = [
    ...dev.map((summary) => ["dev", summary] as const),
    ...(test ?? []).map((summary) => ["test", summary] as const),
  ].flatMap(([split, summary]) =>
    averagesOf(summary).map(([average, rates]) => [split, summary.protocol, average, ...meanTexts(rates), eachText(rates.f1)]),
  );
  return { header: ["split", "protocol", "average", "P", "R", "F1", "F1 of each"], rows };
}

/**
 * Micro for every protocol. Classifiers of given pairs also get the average weighted by support,
 * which the literature reports.
 */
export function averagesOf<Rates>(summary: {
  readonly protocol: string;
  readonly micro: Rates;
  readonly weighted: Rates;
}): (readonly [name: "micro" | "weighted", rates: Rates])[] {
  const micro = ["micro", summary.micro] as const;
  return summary.protocol.startsWith("pairs") ? [micro, ["weighted", summary.weighted] as const] : [micro];
}

/** Writes `report.json`, `report.html` and `scores.svg`. */
export async function writeRepeatReport(folder: string, report: RepeatReport): Promise<void> {
  const picture = repeatPicture(report);
  await writeJsonFile(join(folder, "report.json"), report);
  await writeFileAtomically(join(folder, "scores.svg"), picture);
  const { seeds, n, failed } = report;
  const page = summaryPage({
    title: `${report.configuration}: ${n === 1 ? "one run" : `${n} runs`}`,
    lead: [
      `Seeds ${seeds.join(", ")}. ${capitalised(selectionWords)}.`,
      ...(failed.length > 0 ? [`Failed and not in these numbers: ${failed.join(", ")}.`] : []),
    ],
    pictures: [picture],
    tables: [{ caption: `Mean ± ${deviationWords} over ${n} runs, in per cent`, ...repeatTable(report) }, runTable(report.runs)],
    notes: protocolNotes([...report.dev, ...(report.test ?? [])]),
  });
  await writeFileAtomically(join(folder, "report.html"), page);
}

function repeatPicture({ dev, test, n, configuration }: RepeatReport): string {
  const groups = dev.map(({ protocol }) => protocol);
  const series = [["dev", dev] as const, ...(test === null ? [] : [["test", test] as const])].map(([name, summaries]) => {
    const f1 = groups.map((group) => summaries.find(({ protocol }) => protocol === group)?.micro.f1);
    return { name, values: f1.map((each) => 100 * (each?.mean ?? Number.NaN)), intervals: f1.map((each) => intervalOf(each)) };
  });
  return barChart({
    title: `${configuration}, ${n === 1 ? "one run" : `mean ± sd of ${n} runs`}`,
    yLabel: "micro F1, %",
    groups,
    series,
    decimals: 1,
  });
}

/** The mean ± one deviation, in per cent; `undefined` without a deviation. */
export function intervalOf(summary: SeedSummary | undefined): [low: number, high: number] | null {
  if (summary === undefined || summary.deviation === null) return null;
  return [100 * (summary.mean - summary.deviation), 100 * (summary.mean + summary.deviation)];
}

/** Each run with the epoch and the F1 that chose it. */
export function runTable(runs: readonly RunLine[]): { caption: string; header: string[]; rows: string[][] } {
  return {
    caption: "Runs",
    header: ["run", "epochs", "best epoch", "chosen by", "F1 on dev"],
    rows: runs.map(({ name, epochs, best }) => [
      name,
      `${epochs}`,
      ...(best === null ? ["–", "–", "–"] : [`${best.epoch}`, best.protocol, points(best.score)]),
    ]),
  };
}

/** What each protocol counts as right, without repetition. */
export function protocolNotes(summaries: readonly { readonly protocol: string; readonly words: string }[]): string[] {
  const words = new Map(summaries.map(({ protocol, words }) => [protocol, words]));
  return [...words].map(([protocol, words]) => `${protocol}: ${words}`);
}

function capitalised(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
