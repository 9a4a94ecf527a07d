import { expect, test } from "vitest";
import { isLoss, pairedRatio } from "./paired.mjs";

test("a machine that slows down in the middle does not change the ratio of rounds", () => {
  const { ratio, low, high } = pairedRatio([100, 98, 51, 49], [80, 78.4, 40.8, 39.2]);
  expect([ratio, low, high].map((value) => Math.round(value * 1e6) / 1e6)).toEqual([0.8, 0.8, 0.8]);
});

test("the interval is that of the logarithms", () => {
  // Python: statistics.mean and stdev of the logarithms, and 4.302653, the 97.5 % point of t with
  // two degrees of freedom.
  const { ratio, low, high } = pairedRatio([1, 1, 1], [0.9, 1, 1.1]);
  expect(ratio).toBeCloseTo(0.996655, 5);
  expect(low).toBeCloseTo(0.7767, 4);
  expect(high).toBeCloseTo(1.2789, 4);
});

test("a loss is one of ten per cent that noise does not explain", () => {
  expect(isLoss(pairedRatio([100, 101, 99], [85, 86, 84]), 0.1)).toBe(true);
  expect(isLoss(pairedRatio([100, 101, 99], [95, 96, 94]), 0.1)).toBe(false);
  expect(isLoss(pairedRatio([100, 100, 100], [60, 110, 90]), 0.1)).toBe(false);
});

test("one round proves nothing", () => {
  expect(() => pairedRatio([1], [1])).toThrow("two rounds or more");
});
