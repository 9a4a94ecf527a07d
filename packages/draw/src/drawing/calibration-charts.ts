import type { OperatingPoint, Reliability } from "@weft-nlp/core/metrics";
import { lineChart } from "./line-chart.ts";
import type { Theme } from "./theme.ts";

/** The look of a chart about calibration. */
export interface CalibrationChart {
  readonly title?: string | undefined;
  readonly theme?: Theme | undefined;
}

/**
 * Confidence against the share of correct relations, with a line per state of a model. On the
 * diagonal, confidences are probabilities.
 */
export function reliabilityChart(states: Readonly<Record<string, Reliability>>, chart: CalibrationChart = {}): string {
  const { title = "Reliability of confidences", theme } = chart;
  return lineChart({
    title,
    xLabel: "confidence, mean of each tenth",
    yLabel: "share correct",
    series: [
      ...Object.entries(states).map(([name, { bins, expectedCalibrationError }]) => ({
        name: `${name}, ECE ${expectedCalibrationError.toFixed(3)}`,
        points: bins.filter(({ count }) => count > 0).map(({ confidence, accuracy }) => [confidence, accuracy] as const),
      })),
      {
        name: "perfectly calibrated",
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

/** A labelled point on the curve, such as the threshold in use. */
export interface MarkedPoint {
  readonly point: OperatingPoint;
  readonly label: string;
}

/** Precision against recall over all thresholds, with marks for those in use. */
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
        points: spread(points).map(({ recall, precision }) => [recall, precision] as const),
      },
      ...marks.map(({ point, label }) => ({ name: label, points: [[point.recall, point.precision] as const] })),
    ],
    yRange: [0, 1],
    names: "legend",
    theme,
  });
}

/**
 * Points closer than this to the previous one, in recall and in precision, would coincide with it.
 */
const minStep = 0.01;

/**
 * The first and the last point, and those between that are far enough from the previous one kept.
 */
function spread(points: readonly OperatingPoint[]): OperatingPoint[] {
  const kept: OperatingPoint[] = [];
  for (const [index, point] of points.entries()) {
    const before = kept.at(-1);
    const step =
      before === undefined
        ? Infinity
        : Math.max(Math.abs(point.recall - before.recall), Math.abs(point.precision - before.precision));
    if (step >= minStep || index === points.length - 1) kept.push(point);
  }
  return kept;
}
