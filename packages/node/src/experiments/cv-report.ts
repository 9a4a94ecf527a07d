import { join } from "node:path";
import { type PooledScore, type ProtocolSummary, poolReports, type Rates, summariseReports } from "@weft-nlp/core/metrics";
import { barChart } from "@weft-nlp/draw";
import { writeJsonFile } from "../files/json-file.ts";
import { writeFileAtomically } from "../files/write-file.ts";
import type { RunOutcome } from "./planned-run.ts";
import { eachText, meanTexts, rateTexts } from "./rates-text.ts";
import { averagesOf, deviationWords, intervalOf, lineOf, protocolNotes, type RunLine, runTable } from "./repeat-report.ts";
import { summaryPage } from "./summary-page.ts";
import type { FoldFiles, FoldPlan } from "./write-folds.ts";

/** The result of a cross-validation, as stored in `report.json`. */
export interface CvReport {
  readonly kind: "cv";
  readonly configuration: string;
  /** The seed of the training; the folds have their own. */
  readonly seed: number;
  readonly folds: FoldPlan;
  readonly sizes: readonly { readonly train: number; readonly dev: number; readonly test: number }[];
  /** The number of folds behind the numbers below: all but the failed ones. */
  readonly n: number;
  readonly failed: readonly string[];
  readonly deviation: typeof deviationWords;
  readonly selection: typeof foldSelectionWords;
  /** Each fold's test part scored separately, then mean and deviation over the folds. */
  readonly meanOfFolds: readonly ProtocolSummary[];
  /** The sentences of all test parts scored together. */
  readonly pooled: readonly PooledScore[];
  readonly dev: readonly ProtocolSummary[];
  readonly runs: readonly RunLine[];
}

/** How epochs were chosen in a cross-validation, for reports. */
export const foldSelectionWords =
  "each fold's epoch was chosen on the dev part of its training folds; its test part was read after training";

/** Summarises the folds. */
export function cvReport(
  asked: Pick<CvReport, "configuration" | "seed" | "failed"> & { readonly plan: FoldPlan; readonly files: readonly FoldFiles[] },
  outcomes: readonly RunOutcome[],
): CvReport {
  const { configuration, seed, failed, plan, files } = asked;
  const tests = outcomes.flatMap(({ test }) => test ?? []);
  return {
    kind: "cv",
    configuration,
    seed,
    folds: plan,
    sizes: files.map(({ train, dev, test }) => ({ train: train.sentences, dev: dev.sentences, test: test.sentences })),
    n: tests.length,
    failed,
    deviation: deviationWords,
    selection: foldSelectionWords,
    meanOfFolds: summariseReports(tests),
    pooled: poolReports(tests),
    dev: summariseReports(outcomes.map(({ dev }) => dev)),
    runs: outcomes.map(lineOf),
  };
}

/**
 * Header and rows of the table that the terminal and the page show; every row names its average.
 */
export function cvTable({ meanOfFolds, pooled }: CvReport): { header: string[]; rows: string[][] } {
  const rows = meanOfFolds.flatMap((summary, index) => {
    const together = pooled[index];
    const of = together === undefined ? [] : averagesOf<Rates>(together);
    return averagesOf(summary).flatMap(([average, rates], place) => {
      const own = of[place]?.[1];
      return [
        [summary.protocol, `${average}, mean of folds`, ...meanTexts(rates), eachText(rates.f1)],
        ...(own === undefined ? [] : [[summary.protocol, `${average}, pooled`, ...rateTexts(own), ""]]),
      ];
    });
  });
  return { header: ["protocol", "average", "P", "R", "F1", "F1 of each"], rows };
}

/** Writes `report.json`, `report.html` and `scores.svg`. */
export async function writeCvReport(folder: string, report: CvReport): Promise<void> {
  const { configuration, n, failed, folds, seed, sizes } = report;
  const picture = barChart({
    title: `${configuration}, test parts of ${n} folds`,
    yLabel: "micro F1, %",
    groups: report.pooled.map(({ protocol }) => protocol),
    series: [
      {
        name: "mean of folds ± sd",
        values: report.meanOfFolds.map(({ micro }) => 100 * micro.f1.mean),
        intervals: report.meanOfFolds.map(({ micro }) => intervalOf(micro.f1)),
      },
      { name: "pooled", values: report.pooled.map(({ micro }) => 100 * micro.f1) },
    ],
    decimals: 1,
  });
  await writeJsonFile(join(folder, "report.json"), report);
  await writeFileAtomically(join(folder, "scores.svg"), picture);
  const page = summaryPage({
    title: `${configuration}: ${folds.folds} folds`,
    lead: [
      `${folds.sentences} sentences of ${folds.pool.join(", ")} in ${folds.folds} folds by document, drawn with seed ${folds.seed}; ` +
        `trained with seed ${seed}.`,
      `E${foldSelectionWords.slice(1)}.`,
      ...(failed.length > 0 ? [`Failed and not in these numbers: ${failed.join(", ")}.`] : []),
    ],
    pictures: [picture],
    tables: [
      { caption: `Test parts of ${n} folds, in per cent; ± is the ${deviationWords}`, ...cvTable(report) },
      runTable(report.runs),
      {
        caption: "Sentences",
        header: ["fold", "train", "dev", "test"],
        rows: sizes.map(({ train, dev, test }, index) => [`${index + 1}`, `${train}`, `${dev}`, `${test}`]),
      },
    ],
    notes: [...protocolNotes(report.pooled), `Folds: ${folds.rule}.`],
  });
  await writeFileAtomically(join(folder, "report.html"), page);
}
