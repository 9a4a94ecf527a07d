import { operatingPoints, reliability } from "@weft-nlp/core/metrics";
import { expect, test } from "vitest";
import { precisionRecallChart, reliabilityChart } from "./calibration-charts.ts";
import { checkXml } from "./check-xml.test.ts";

const candidates = Array.from({ length: 200 }, (_, k) => ({
  type: "r",
  confidence: (k + 0.5) / 200,
  correct: k % 3 !== 0 && k > 60,
}));
const points = operatingPoints({ candidates, gold: new Map([["r", 120]]) });

test("reliability draws a point for each bin that is not empty, and the diagonal", () => {
  const half = candidates.filter(({ confidence }) => confidence > 0.5);
  const svg = reliabilityChart({ before: reliability(candidates), after: reliability(half) });
  expect(checkXml(svg)).toBe("");
  expect(svg).toContain("before, ECE");
  expect(svg).toContain("perfectly calibrated");
  const sizes = [...svg.matchAll(/: (\d+) points from/gu)].map(([, count]) => Number(count));
  expect(sizes).toEqual([10, 5, 2]);
});

test("precision against recall keeps its ends when points coincide, and marks the thresholds in use", () => {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) throw new Error("no points");
  const many = Array.from({ length: 500 }, (_, k) => ({ ...first, recall: k / 499, precision: 1 }));
  const svg = precisionRecallChart(many, [{ point: last, label: "threshold 0.5 <before>" }]);
  expect(checkXml(svg)).toBe("");
  expect(svg).toContain("threshold 0.5 &lt;before&gt;");
  const [, count, from, to] = /all thresholds: (\d+) points from (\([^)]*\)) to (\([^)]*\))/u.exec(svg) ?? [];
  expect(Number(count)).toBeGreaterThan(80);
  expect(Number(count)).toBeLessThanOrEqual(101);
  expect([from, to]).toEqual(["(0, 1)", "(1, 1)"]);
});

test("a model that proposes nothing can be drawn too", () => {
  expect(checkXml(precisionRecallChart([]))).toBe("");
  expect(checkXml(reliabilityChart({ before: reliability([]) }))).toBe("");
});
