import fc from "fast-check";
import { expect, test } from "vitest";
import type { CandidateSet } from "./relation-candidates.ts";
import { bestPoint, operatingPoints, pointOfPrecision, thresholdsByType } from "./thresholds.ts";

/** `+0.9` is right, `-0.8` wrong. */
function set(gold: Readonly<Record<string, number>>, candidates: Readonly<Record<string, string>>): CandidateSet {
  return {
    protocol: "strict",
    gold: new Map(Object.entries(gold)),
    candidates: Object.entries(candidates).flatMap(([type, list]) =>
      list.split(" ").map((each) => ({ type, confidence: Math.abs(Number(each)), correct: each.startsWith("+") })),
    ),
  };
}

const five = set({ r: 4 }, { r: "+0.9 -0.8 +0.7 +0.6 -0.5" });

test("each confidence is a threshold that keeps candidates at or above it", () => {
  const points = operatingPoints(five);
  expect(points.map(({ threshold, predicted, correct, gold }) => [threshold, predicted, correct, gold])).toEqual([
    [0.9, 1, 1, 4],
    [0.8, 2, 1, 4],
    [0.7, 3, 2, 4],
    [0.6, 4, 3, 4],
    [0.5, 5, 3, 4],
  ]);
  expect(points[3]).toMatchObject({ precision: 0.75, recall: 0.75, f1: 0.75 });
  expect(operatingPoints(set({ r: 4 }, {}))).toEqual([]);
});

test("ties are kept or dropped together, and thresholds have four decimals if possible", () => {
  const points = operatingPoints(set({ r: 2 }, { r: "+0.81237 +0.81237 -0.8123 -0.81229" }));
  expect(points.map(({ threshold, predicted }) => [threshold, predicted])).toEqual([
    [0.81237, 2],
    [0.8123, 3],
    [0.8122, 4],
  ]);
});

test("finds the best F1, with ties going to the higher threshold", () => {
  expect(bestPoint(operatingPoints(five))?.threshold).toBe(0.6);
  // One right of one predicted, with three gold, is as good as two of five.
  expect(bestPoint(operatingPoints(set({ r: 3 }, { r: "+0.9 -0.8 -0.7 -0.6 +0.5" })))?.threshold).toBe(0.9);
  expect(bestPoint([])).toBeUndefined();
});

test("finds the best recall at a precision, or the best precision if it is out of reach", () => {
  const points = operatingPoints(five);
  expect(pointOfPrecision(points, 0.7)).toMatchObject({ threshold: 0.6, recall: 0.75 });
  expect(pointOfPrecision(points, 0.9)).toMatchObject({ threshold: 0.9, precision: 1 });
  expect(pointOfPrecision(operatingPoints(set({ r: 1 }, { r: "-0.9 +0.8 -0.7" })), 0.9)).toMatchObject({ threshold: 0.8 });
});

test("silences a type that is always wrong, and keeps the others", () => {
  // Together, 0.4 is best: two right of five predicted. By type: two right of two.
  const two = set({ a: 2, b: 1 }, { a: "+0.9 +0.4", b: "-0.8 -0.7 -0.3" });
  expect(bestPoint(operatingPoints(two))?.threshold).toBe(0.4);
  expect(thresholdsByType(two, ["a", "b", "never-seen"])).toEqual({ a: 0.4, b: 0.8001, "never-seen": 0.4 });
});

test("every type reaches a required precision by itself", () => {
  const two = set({ a: 2, b: 2 }, { a: "+0.9 -0.8 +0.7", b: "-0.9 +0.6 +0.5 +0.4" });
  expect(thresholdsByType(two, ["a", "b"], { precision: 0.75 })).toEqual({ a: 0.9, b: 0.4 });
});

const anySet = fc
  .array(
    fc.record({
      type: fc.constantFrom("a", "b", "c"),
      confidence: fc.double({ min: 0, max: 1, noNaN: true }),
      correct: fc.boolean(),
    }),
  )
  .map((candidates): CandidateSet => {
    const gold = new Map(
      ["a", "b"].map((type) => [type, 2 + candidates.filter((each) => each.type === type && each.correct).length]),
    );
    return { protocol: "strict", candidates, gold };
  });

test("thresholds by type are never worse than a common one", () => {
  fc.assert(
    fc.property(anySet, (any) => {
      const common = bestPoint(operatingPoints(any));
      if (common === undefined) return;
      const thresholds = thresholdsByType(any, ["a", "b", "c"]);
      const kept = any.candidates.filter(({ type, confidence }) => confidence >= (thresholds[type] ?? 1));
      const gold = [...any.gold.values()].reduce((sum, count) => sum + count, 0);
      const f1 = (2 * kept.filter(({ correct }) => correct).length) / (kept.length + gold);
      expect(f1).toBeGreaterThanOrEqual(common.f1 - 1e-12);
    }),
  );
});
