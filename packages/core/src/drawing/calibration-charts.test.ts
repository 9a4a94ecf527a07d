import { expect, test } from "vitest";
import { operatingPoints, reliability } from "../metrics/index.ts";
import { precisionRecallChart, reliabilityChart, thinned } from "./calibration-charts.ts";
import { checkXml } from "./check-xml.test.ts";

const candidates = Array.from({ length: 200 }, (_, k) => ({
  type: "r",
  confidence: (k + 0.5) / 200,
  correct: k % 3 !== 0 && k > 60,
}));
const points = operatingPoints({ candidates, gold: new Map([["r", 120]]) });

test("reliability draws a point for each bin that holds something, and the diagonal", () => {
  const half = candidates.filter(({ confidence }) => confidence > 0.5);
  const svg = reliabilityChart({ before: reliability(candidates), after: reliability(half) });
  expect(checkXml(svg)).toBe("");
  expect(svg).toContain("before, ECE");
  expect(svg).toContain("as sure as right");
  const sizes = [...svg.matchAll(/: (\d+) points from/gu)].map(([, count]) => Number(count));
  expect(sizes).toEqual([10, 5, 2]);
});

test("precision against recall keeps its ends when it is thinned, and marks what is in use", () => {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) throw new Error("no points");
  const svg = precisionRecallChart(points, [{ point: last, label: "threshold 0.5 <before>" }]);
  expect(checkXml(svg)).toBe("");
  expect(svg).toContain("60 points");
  expect(svg).toContain("threshold 0.5 &lt;before&gt;");
});

test("a model that proposes nothing is drawn all the same", () => {
  expect(checkXml(precisionRecallChart([]))).toBe("");
  expect(checkXml(reliabilityChart({ before: reliability([]) }))).toBe("");
});

test("thinning keeps what is few, and spreads what is many", () => {
  expect(thinned([1, 2, 3], 5)).toEqual([1, 2, 3]);
  expect(thinned([0, 1, 2, 3, 4, 5, 6, 7, 8], 3)).toEqual([0, 4, 8]);
});
