import { join } from "node:path";
import type { RatesSummary } from "@weft-nlp/core/metrics";
import { writeJsonFile } from "../files/json-file.ts";
import { writeFileAtomically } from "../files/write-file.ts";
import { type GridAxis, valueText } from "./grid.ts";
import { eachText, meanText, meanTexts } from "./rates-text.ts";
import { deviationWords, protocolNotes } from "./repeat-report.ts";
import { summaryPage } from "./summary-page.ts";
import { sweepPicture } from "./sweep-picture.ts";
import type { SweepReport } from "./sweep-report.ts";

/**
 * Writes `report.json`, `report.html` and, for one or two axes, a picture per protocol:
 * `dev-PROTOCOL.svg`.
 */
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
      `${points.length} settings, seeds: ${seeds.join(", ")}. Points are compared by the F1 on dev that chose each run's epoch.`,
      best === null ? "No run finished." : `Best on dev: ${best}.`,
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

/**
 * Header and rows of the table that the terminal and the page show, one point per row.
 *
 * @param more protocols whose F1 on dev is added as columns
 */
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

/** The setting's name, or its whole path if two axes share the name. */
function shortName(path: string, axes: readonly GridAxis[]): string {
  const last = (whole: string): string => whole.split(".").at(-1) ?? whole;
  return axes.filter((axis) => last(axis.path) === last(path)).length > 1 ? path : last(path);
}

/**
 * Header and rows of the best point's scores on dev and on test; test is read only after the point
 * was chosen.
 */
export function bestTable(report: SweepReport): { header: string[]; rows: string[][] } {
  const best = report.points.find(({ name }) => name === report.best);
  const rows = [
    ...(best?.dev ?? []).map((summary) => ["dev", summary] as const),
    ...(best?.test ?? []).map((summary) => ["test", summary] as const),
  ].map(([split, { protocol, micro }]): string[] => [split, protocol, ...meanTexts(micro satisfies RatesSummary)]);
  return { header: ["split", "protocol", "P", "R", "F1"], rows };
}
