import { join } from "node:path";
import {
  type CurveForecast,
  type CurvePoint,
  forecastCurve,
  meanAndDeviation,
  type ProtocolSummary,
  type SeedSummary,
  summariseReports,
} from "@weft-nlp/core/metrics";
import { lineChart } from "@weft-nlp/draw";
import { writeJsonFile } from "../files/json-file.ts";
import { writeFileAtomically } from "../files/write-file.ts";
import type { RunOutcome } from "./planned-run.ts";
import { eachText, meanText, points } from "./rates-text.ts";
import { deviationWords, intervalOf, lineOf, protocolNotes, type RunLine } from "./repeat-report.ts";
import { summaryPage } from "./summary-page.ts";
import type { SubsetFile } from "./write-subsets.ts";

/** The scores with one share of the training data. */
interface CurveShare {
  readonly share: number;
  /** Training sentences, the mean over seeds: documents are kept whole. */
  readonly sentences: number;
  readonly n: number;
  /** The F1 on dev that chose each run's epoch; null if all seeds failed. */
  readonly chosenBy: SeedSummary | null;
  readonly dev: readonly ProtocolSummary[];
  readonly runs: readonly RunLine[];
}

/** A learning curve, as stored in `report.json`. */
export interface CurveReport {
  readonly kind: "curve";
  readonly configuration: string;
  readonly seeds: readonly number[];
  readonly failed: readonly string[];
  readonly deviation: typeof deviationWords;
  readonly protocols: readonly string[];
  readonly shares: readonly CurveShare[];
  /** With twice the data; null with fewer than three shares. */
  readonly forecast: CurveForecast | null;
  /**
   * What the forecast for the largest share would have been from the smaller ones, to compare with
   * what was measured; null with fewer than four shares.
   */
  readonly check: (CurveForecast & { readonly measured: number }) | null;
}

/** Summarises the runs. @param outcomes by the name of the run, `share-S/seed-N` */
export function curveReport(
  asked: Pick<CurveReport, "configuration" | "seeds" | "failed">,
  subsets: readonly SubsetFile[],
  outcomes: readonly RunOutcome[],
): CurveReport {
  const outcomeOf = ({ share, seed }: SubsetFile) => outcomes.find(({ name }) => name === curveRunName(share, seed));
  const measured = subsets.flatMap((subset) => {
    const score = outcomeOf(subset)?.best?.score;
    return score === undefined ? [] : [{ size: subset.sentences, score, share: subset.share }];
  });
  const shares = [...new Set(subsets.map(({ share }) => share))].sort((a, b) => a - b);
  const largest = shares.at(-1) ?? 1;
  const lines = shares.map((share): CurveShare => {
    const own = subsets.filter((subset) => subset.share === share);
    const done = own.flatMap((subset) => outcomeOf(subset) ?? []);
    const scores = measured.filter((point) => point.share === share).map(({ score }) => score);
    return {
      share,
      sentences: Math.round(own.reduce((sum, { sentences }) => sum + sentences, 0) / own.length),
      n: done.length,
      chosenBy: scores.length === 0 ? null : meanAndDeviation(scores),
      dev: summariseReports(done.map(({ dev }) => dev)),
      runs: done.map(lineOf),
    };
  });
  const full = lines.at(-1);
  const known: CurvePoint[] = measured.filter(({ share }) => share < largest);
  const [check] = full === undefined || full.chosenBy === null ? [] : (forecastCurve(known, [full.sentences]) ?? []);
  const [forecast] = full === undefined || full.chosenBy === null ? [] : (forecastCurve(measured, [2 * full.sentences]) ?? []);
  return {
    kind: "curve",
    ...asked,
    deviation: deviationWords,
    protocols: [...new Set(outcomes.flatMap(({ best }) => best?.protocol ?? []))],
    shares: lines,
    forecast: forecast ?? null,
    check: check === undefined ? null : { ...check, measured: full?.chosenBy?.mean ?? 0 },
  };
}

/** The name of a run, which is also its folder. */
export function curveRunName(share: number, seed: number): string {
  return `share-${share}/seed-${seed}`;
}

/** Header and rows of the table that the terminal and the page show. */
export function curveTable(
  { shares, protocols }: CurveReport,
  more: readonly string[] = [],
): { header: string[]; rows: string[][] } {
  const others = more.filter((name) => protocols.length !== 1 || name !== protocols[0]);
  const header = ["share of train", "sentences", `dev F1 (${protocols.join(", ")})`, "each seed"];
  const rows = shares.map(({ share, sentences, chosenBy, dev }) => [
    `${points(share)} %`,
    `${sentences}`,
    ...(chosenBy === null ? ["failed", ""] : [meanText(chosenBy), eachText(chosenBy)]),
    ...others.map((name) => {
      const summary = dev.find(({ protocol }) => protocol === name);
      return summary === undefined ? "–" : meanText(summary.micro.f1);
    }),
  ]);
  return { header: [...header, ...others.map((name) => `dev F1 (${name})`)], rows };
}

/** What the curve says, a sentence each. */
export function curveWords({ forecast, check, shares }: CurveReport): string[] {
  if (forecast === null) return ["Three shares or more are needed for a forecast."];
  const interval = ({ low, high, confidence }: CurveForecast): string =>
    `${points(low)} to ${points(high)} with a probability of ${points(confidence)} %`;
  const signed = (gain: number): string => `+${points(gain)}`;
  const words = [
    `Twice the data (${forecast.size} sentences like these) should give an F1 of ${points(forecast.score)} on dev, ${interval(forecast)}.`,
    `That is ${signed(forecast.gain)} points (${signed(forecast.gainLow)} to ${signed(forecast.gainHigh)}).`,
  ];
  if (check !== null) {
    const inside = check.low <= check.measured && check.measured <= check.high;
    words.push(
      `The smaller shares alone would have forecast ${points(check.score)} (${points(check.low)} to ${points(check.high)}) for ` +
        `${shares.at(-1)?.sentences} sentences; measured: ${points(check.measured)}, ${inside ? "inside" : "outside"} that interval.`,
    );
  }
  return words;
}

/** Writes `report.json`, `report.html` and `curve.svg`. */
export async function writeCurveReport(folder: string, report: CurveReport, more: readonly string[] = []): Promise<void> {
  const picture = curvePicture(report);
  await writeJsonFile(join(folder, "report.json"), report);
  await writeFileAtomically(join(folder, "curve.svg"), picture);
  const page = summaryPage({
    title: `${report.configuration}: learning curve`,
    lead: [
      ...curveWords(report),
      ...(report.failed.length > 0 ? [`Failed and not in these numbers: ${report.failed.join(", ")}.`] : []),
    ],
    pictures: [picture],
    tables: [{ caption: `Micro F1 on dev in per cent; ± is the ${deviationWords} over seeds`, ...curveTable(report, more) }],
    notes: protocolNotes(report.shares.flatMap(({ dev }) => dev)),
  });
  await writeFileAtomically(join(folder, "report.html"), page);
}

function curvePicture(report: CurveReport): string {
  const { configuration, protocols, shares, forecast } = report;
  const done = shares.flatMap(({ sentences, chosenBy }) => (chosenBy === null ? [] : [{ sentences, chosenBy }]));
  const last = done.at(-1);
  const measured = {
    name: "measured",
    points: done.map(({ sentences, chosenBy }) => [sentences, 100 * chosenBy.mean] as const),
    intervals: done.flatMap(({ sentences, chosenBy }) => {
      const interval = intervalOf(chosenBy);
      return interval === null ? [] : [[sentences, ...interval] as const];
    }),
  };
  const ahead =
    forecast === null || last === undefined
      ? []
      : [
          {
            name: "forecast",
            points: [[last.sentences, 100 * last.chosenBy.mean] as const, [forecast.size, 100 * forecast.score] as const],
            band: [
              [last.sentences, 100 * last.chosenBy.mean, 100 * last.chosenBy.mean] as const,
              [forecast.size, 100 * forecast.low, 100 * forecast.high] as const,
            ],
          },
        ];
  return lineChart({
    title: `${configuration}: F1 on dev (${protocols.join(", ")}) by training data`,
    xLabel: "training sentences",
    yLabel: "F1 on dev, %",
    series: [measured, ...ahead],
  });
}
