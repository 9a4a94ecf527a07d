import type { SeedSummary } from "@weft-nlp/core/metrics";
import { barChart, heatMap, lineChart } from "@weft-nlp/draw";
import { type GridAxis, valueText } from "./grid.ts";
import { points } from "./rates-text.ts";
import { intervalOf } from "./repeat-report.ts";
import type { SweepPoint, SweepReport } from "./sweep-report.ts";

/**
 * Draws the F1 on dev. One axis gives a line if its values are numbers, otherwise bars, with ± one
 * deviation. Two axes give a heat map: the first from left to right, the second from top to bottom,
 * the best point framed.
 *
 * @param protocol whose F1 to draw; defaults to the one that chose the epochs
 * @returns `undefined` for more than two axes
 */
export function sweepPicture(report: SweepReport, protocol?: string): string | undefined {
  const [first, second, third] = report.axes;
  if (first === undefined || third !== undefined) return undefined;
  const title = `F1 on dev (${protocol ?? report.protocols.join(", ")})`;
  const scoreOf = (point: SweepPoint | undefined): SeedSummary | undefined =>
    protocol === undefined
      ? (point?.chosenBy ?? undefined)
      : point?.dev.find((summary) => summary.protocol === protocol)?.micro.f1;
  if (second === undefined) {
    return oneAxis(
      `${report.configuration}: ${title}`,
      first,
      report.points.map((point) => scoreOf(point)),
    );
  }
  const at = (row: number, column: number): SweepPoint | undefined =>
    report.points.find(({ places }) => places[0] === column && places[1] === row);
  const table = second.values.map((_, row) => first.values.map((_, column) => scoreOf(at(row, column))));
  const best = report.points.find(({ name }) => name === report.best);
  const [column, row] = best?.places ?? [];
  return heatMap({
    title: `${report.configuration}: ${title}, %`,
    xLabel: first.path,
    yLabel: second.path,
    columns: first.values.map(valueText),
    rows: second.values.map(valueText),
    values: table.map((scores) => scores.map((score) => 100 * (score?.mean ?? Number.NaN))),
    notes: report.seeds.length === 1 ? undefined : table.map((scores) => scores.map(spreadText)),
    marked: protocol !== undefined || row === undefined || column === undefined ? undefined : { row, column },
  });
}

function oneAxis(title: string, { path, values }: GridAxis, scores: readonly (SeedSummary | undefined)[]): string {
  const means = scores.map((score) => 100 * (score?.mean ?? Number.NaN));
  const intervals = scores.map((score) => intervalOf(score));
  const places = values.filter((value): value is number => typeof value === "number");
  if (places.length < values.length) {
    return barChart({
      title,
      yLabel: "F1 on dev, %",
      groups: values.map(valueText),
      series: [{ name: "dev", values: means, intervals }],
      decimals: 1,
    });
  }
  // A line runs from left to right, whatever the order of the values.
  const order = [...places.keys()].sort((a, b) => (places[a] ?? 0) - (places[b] ?? 0));
  return lineChart({
    title,
    xLabel: path,
    yLabel: "F1 on dev, %",
    xScale: spansDecades(places) ? "log" : "linear",
    series: [
      {
        name: "dev",
        points: order.map((index) => [places[index] ?? 0, means[index] ?? Number.NaN] as const),
        intervals: order.flatMap((index) => {
          const interval = intervals[index];
          return interval === undefined || interval === null ? [] : [[places[index] ?? 0, ...interval] as const];
        }),
      },
    ],
  });
}

function spreadText(score: SeedSummary | undefined): string {
  return score === undefined || score.deviation === null ? "" : `± ${points(score.deviation)}`;
}

/** Values such as 0.0001, 0.01, 1 would lie on top of each other on a linear axis. */
function spansDecades(values: readonly number[]): boolean {
  const min = Math.min(...values);
  return min > 0 && Math.max(...values) / min >= 100;
}
