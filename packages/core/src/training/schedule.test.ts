import { expect, test } from "vitest";
import { rateFactor } from "./schedule.ts";

const factors = (name: "constant" | "linear" | "cosine", warmup = 0, final = 0, steps = 10): number[] =>
  Array.from({ length: steps }, (_, step) => rateFactor({ name, warmup, final }, step, steps));

test("the rate is constant, or falls linearly or along half a cosine", () => {
  expect(factors("constant")).toEqual(new Array(10).fill(1));
  expect(factors("linear")[0]).toBe(1);
  expect(factors("linear")[5]).toBe(0.5);
  expect(factors("linear")[9]).toBeCloseTo(0.1);
  expect(factors("cosine")[5]).toBeCloseTo(0.5);
  expect(factors("cosine")[1]).toBeCloseTo((1 + Math.cos(Math.PI / 10)) / 2);
});

test("the warm-up rises to the full rate, and the decay starts after it", () => {
  expect(factors("linear", 0.4).slice(0, 5)).toEqual([0.25, 0.5, 0.75, 1, 1]);
  expect(factors("linear", 0.4)[7]).toBeCloseTo(0.5);
  expect(factors("constant", 1)).toEqual([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]);
});

test("the rate ends at its final share and never leaves 0 to 1", () => {
  expect(rateFactor({ name: "linear", warmup: 0, final: 0.2 }, 10, 10)).toBeCloseTo(0.2);
  for (const name of ["constant", "linear", "cosine"] as const) {
    for (const [warmup, final] of [
      [0, 0],
      [1, 0.5],
      [0.3, 1],
      [0.05, 0.1],
    ] as const) {
      for (const factor of factors(name, warmup, final, 7)) {
        expect(factor).toBeGreaterThan(0);
        expect(factor).toBeLessThanOrEqual(1);
      }
    }
  }
});
