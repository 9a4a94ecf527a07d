import type { OperatingPoint, Reliability } from "../metrics/index.ts";
import { lineChart } from "./line-chart.ts";
import type { Theme } from "./theme.ts";

export interface CalibrationChart {
  readonly title?: string | undefined;
  readonly theme?: Theme | undefined;
}

/** Confidence against the share that is right, a line for each state of a model; on the diagonal a confidence is a probability. */
export function reliabilityChart(states: Readonly<Record<string, Reliability>>, chart: CalibrationChart = {}): string {
  const { title = "Reliability of confidences", theme } = chart;
  return lineChart({
    title,
    xLabel: "confidence, mean of each tenth",
    yLabel: "share that is right",
    series: [
      ...Object.entries(states).map(([name, { bins, expectedCalibrationError }]) => ({
        name: `${name}, ECE ${expectedCalibrationError.toFixed(3)}`,
        points: bins.filter(({ count }) => count > 0).map(({ confidence, accuracy }) => [confidence, accuracy] as const),
      })),
      {
        name: "as sure as right",
        points: [
          [0, 0],
          [1, 1],
        ],
      },
    ],
    yRange: [0, 1],
    names: "legend",
    theme,
  });
}

export interface MarkedPoint {
  readonly point: OperatingPoint;
  readonly label: string;
}

/** What precision costs in recall, over all thresholds, with the ones that are in use. */
export function precisionRecallChart(
  points: readonly OperatingPoint[],
  marks: readonly MarkedPoint[] = [],
  chart: CalibrationChart = {},
): string {
  const { title = "Precision against recall", theme } = chart;
  return lineChart({
    title,
    xLabel: "recall",
    yLabel: "precision",
    series: [
      {
        name: "all thresholds",
        points: thinned(points, mostPoints).map(({ recall, precision }) => [recall, precision] as const),
      },
      ...marks.map(({ point, label }) => ({ name: label, points: [[point.recall, point.precision] as const] })),
    ],
    yRange: [0, 1],
    names: "legend",
    theme,
  });
}

/** More than these would lie on each other. */
const mostPoints = 60;

/** About `most` points evenly spread in their order, first and last among them. */
export function thinned<Item>(items: readonly Item[], most: number): Item[] {
  if (items.length <= most) return [...items];
  return Array.from({ length: most }, (_, k) => items[Math.round((k * (items.length - 1)) / (most - 1))] as Item);
}
