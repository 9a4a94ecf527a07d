import { join } from "node:path";
import { meanAndDeviation, type ProtocolSummary, type RatesSummary, type SeedSummary, summariseReports } from "@weft/core";
import { writeJsonFile } from "../files/json-file.ts";
import { writeFileAtomically } from "../files/write-file.ts";
import { type GridAxis, type GridPoint, valueText } from "./grid.ts";
import type { RunOutcome } from "./planned-run.ts";
import { eachText, meanText, meanTexts } from "./rates-text.ts";
import { deviationWords, lineOf, protocolNotes, type RunLine } from "./repeat-report.ts";
import { summaryPage } from "./summary-page.ts";
import { sweepPicture } from "./sweep-picture.ts";

/** One point of the grid, over its seeds. */
export interface SweepPoint extends Pick<GridPoint, "places" | "settings" | "name"> {
  /** Seeds that the numbers are of: all but the failed ones. */
  readonly n: number;
  /** The F1 on dev that chose each run's epoch; what points are compared by. Nothing where all seeds failed. */
  readonly chosenBy: SeedSummary | null;
  readonly dev: readonly ProtocolSummary[];
  readonly test: readonly ProtocolSummary[] | null;
  readonly runs: readonly RunLine[];
}

/** A grid of settings, as `report.json` holds it. */
export interface SweepReport {
  readonly kind: "sweep";
  readonly configuration: string;
  readonly axes: readonly GridAxis[];
  readonly seeds: readonly number[];
  readonly failed: readonly string[];
  readonly deviation: typeof deviationWords;
  readonly selection: typeof sweepSelectionWords;
  /** The protocol of that F1; several where the settings change it. */
  readonly protocols: readonly string[];
  /** The name of the point with the highest mean of that F1, the first of equals. */
  readonly best: string | null;
  readonly points: readonly SweepPoint[];
}

export const sweepSelectionWords =
  "points are compared by the F1 on dev that chose each run's epoch, averaged over seeds; never by test";

/** Sums up what the points came to. @param runsOf the outcomes of a point, by its name */
export function sweepReport(
  asked: Pick<SweepReport, "configuration" | "axes" | "seeds" | "failed">,
  points: readonly GridPoint[],
  runsOf: ReadonlyMap<string, readonly RunOutcome[]>,
): SweepReport {
  const summed = points.map((point): SweepPoint => {
    const outcomes = runsOf.get(point.name) ?? [];
    const scores = outcomes.flatMap(({ best }) => best?.score ?? []);
    const tests = outcomes.flatMap(({ test }) => test ?? []);
    const { places, settings, name } = point;
    return {
      places,
      settings,
      name,
      n: outcomes.length,
      chosenBy: scores.length === 0 ? null : meanAndDeviation(scores),
      dev: summariseReports(outcomes.map(({ dev }) => dev)),
      test: tests.length === 0 || tests.length < outcomes.length ? null : summariseReports(tests),
      runs: outcomes.map(lineOf),
    };
  });
  const best = summed.reduce<SweepPoint | undefined>(
    (best, point) => ((point.chosenBy?.mean ?? -1) > (best?.chosenBy?.mean ?? -1) ? point : best),
    undefined,
  );
  const protocols = [...runsOf.values()].flat().flatMap(({ best }) => best?.protocol ?? []);
  return {
    kind: "sweep",
    ...asked,
    deviation: deviationWords,
    selection: sweepSelectionWords,
    protocols: [...new Set(protocols)],
    best: best?.name ?? null,
    points: summed,
  };
}

/** Header and rows of the table that terminal and page show, a point a row. @param more protocols whose F1 on dev stands beside */
export function sweepTable(
  { axes, points, protocols }: SweepReport,
  more: readonly string[] = [],
): { header: string[]; rows: string[][] } {
  const others = more.filter((name) => protocols.length !== 1 || name !== protocols[0]);
  const header = [...axes.map(({ path }) => shortName(path, axes)), `dev F1 (${protocols.join(", ")})`, "each seed"];
  const rows = points.map(({ settings, chosenBy, dev }) => [
    ...axes.map(({ path }) => valueText(settings[path])),
    ...(chosenBy === null ? ["failed", ""] : [meanText(chosenBy), eachText(chosenBy)]),
    ...others.map((name) => {
      const summary = dev.find(({ protocol }) => protocol === name);
      return summary === undefined ? "–" : meanText(summary.micro.f1);
    }),
  ]);
  return { header: [...header, ...others.map((name) => `dev F1 (${name})`)], rows };
}

/** The setting's own name, or the whole path where two axes share it. */
export function shortName(path: string, axes: readonly GridAxis[]): string {
  const last = (whole: string): string => whole.split(".").at(-1) ?? whole;
  return axes.filter((axis) => last(axis.path) === last(path)).length > 1 ? path : last(path);
}

/** Header and rows of what the best point scores on dev and, read once it was chosen, on test. */
export function bestTable(report: SweepReport): { header: string[]; rows: string[][] } {
  const best = report.points.find(({ name }) => name === report.best);
  const rows = [
    ...(best?.dev ?? []).map((summary) => ["dev", summary] as const),
    ...(best?.test ?? []).map((summary) => ["test", summary] as const),
  ].map(([split, { protocol, micro }]): string[] => [split, protocol, ...meanTexts(micro satisfies RatesSummary)]);
  return { header: ["split", "protocol", "P", "R", "F1"], rows };
}

/** Writes `report.json`, `report.html` and, for one axis or two, a picture for each protocol shown: `dev-PROTOCOL.svg`. */
export async function writeSweepReport(folder: string, report: SweepReport, more: readonly string[] = []): Promise<void> {
  const { configuration, axes, seeds, failed, points, best } = report;
  const shown = [undefined, ...more.filter((name) => !report.protocols.includes(name))];
  const pictures: string[] = [];
  for (const protocol of shown) {
    const picture = sweepPicture(report, protocol);
    if (picture === undefined) continue;
    pictures.push(picture);
    await writeFileAtomically(join(folder, `dev-${protocol ?? report.protocols.join("+")}.svg`), picture);
  }
  await writeJsonFile(join(folder, "report.json"), report);
  const page = summaryPage({
    title: `${configuration}: ${axes.map(({ path }) => path).join(" × ")}`,
    lead: [
      `${points.length} settings, each with seed ${seeds.join(", ")}. Points are compared by the F1 on dev that chose each run's epoch.`,
      best === null ? "No run was finished." : `Best on dev: ${best}.`,
      ...(failed.length > 0 ? [`Failed and not in these numbers: ${failed.join(", ")}.`] : []),
    ],
    pictures,
    tables: [
      {
        caption: `Micro F1 on dev in per cent; ± is the ${deviationWords} over seeds`,
        ...sweepTable(report, more),
        marked: points.findIndex(({ name }) => name === best),
      },
      ...(best === null ? [] : [{ caption: `The best on dev, ${best}, in per cent`, ...bestTable(report) }]),
    ],
    notes: protocolNotes(points.flatMap(({ dev }) => dev)),
  });
  await writeFileAtomically(join(folder, "report.html"), page);
}
