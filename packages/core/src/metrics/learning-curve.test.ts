import { Random } from "@weft-nlp/tensor";
import { expect, test } from "vitest";
import { type CurvePoint, forecastCurve } from "./learning-curve.ts";

const sizes = [125, 250, 500, 1000];

/** Scores of three seeds around a power law, in 0 to 1. */
function measured(limit: number, here: number, exponent: number, deviation: number, random: Random): CurvePoint[] {
  return sizes.flatMap((size) =>
    Array.from({ length: 3 }, () => {
      // The sum of twelve uniform numbers has the deviation 1.
      const noise = Array.from({ length: 12 }, () => random.next()).reduce((sum, each) => sum + each, -6);
      return { size, score: limit - (limit - here) * (1000 / size) ** exponent + deviation * noise };
    }),
  );
}

test("a curve without noise is continued closely", () => {
  const [twice] = forecastCurve(measured(0.8, 0.6, 0.4, 0, Random.of(1, "curve")), [2000]) ?? [];
  const truth = 0.8 - 0.2 * 0.5 ** 0.4;
  expect(twice?.size).toBe(2000);
  expect(Math.abs((twice?.score ?? 0) - truth)).toBeLessThan(0.01);
  expect(twice?.low).toBeLessThan(truth);
  expect(twice?.high).toBeGreaterThan(truth);
  expect(twice?.gain).toBeCloseTo((twice?.score ?? 0) - 0.6, 1);
});

test("the 80 % interval holds the truth about as often as it says, and never forecasts a fall", () => {
  const random = Random.of(7, "curve");
  let held = 0;
  const trials = 60;
  for (let trial = 0; trial < trials; trial++) {
    const here = 0.4 + 0.4 * random.next();
    const exponent = 0.2 + random.next();
    // Even an eighth of the data gives a score above 0.
    const limit = here + Math.min(0.95 - here, here / (8 ** exponent - 1)) * random.next();
    const [twice] = forecastCurve(measured(limit, here, exponent, 0.015, random), [2000]) ?? [];
    const truth = limit - (limit - here) * 0.5 ** exponent;
    if ((twice?.low ?? 1) <= truth && truth <= (twice?.high ?? 0)) held++;
    expect(twice?.gainLow).toBeGreaterThanOrEqual(0);
    expect(twice?.high).toBeLessThanOrEqual(1);
  }
  expect(held / trials).toBeGreaterThan(0.65);
});

test("more noise and a farther size widen the interval", () => {
  const width = (deviation: number, size: number): number => {
    const [forecast] = forecastCurve(measured(0.8, 0.6, 0.4, deviation, Random.of(3, "curve")), [size]) ?? [];
    return (forecast?.high ?? 0) - (forecast?.low ?? 0);
  };
  expect(width(0.03, 2000)).toBeGreaterThan(1.3 * width(0.005, 2000));
  expect(width(0.005, 8000)).toBeGreaterThan(1.3 * width(0.005, 2000));
});

test("sizes at which next to nothing is learnt do not bend the curve", () => {
  const points = measured(0.8, 0.6, 0.4, 0.005, Random.of(5, "curve"));
  const begun = [{ size: 20, score: 0 }, { size: 40, score: 0.03 }, ...points];
  expect(forecastCurve(begun, [2000])).toEqual(forecastCurve(points, [2000]));
});

test("two sizes say nothing about a third", () => {
  expect(
    forecastCurve(
      [
        { size: 1, score: 0.1 },
        { size: 2, score: 0.2 },
      ],
      [4],
    ),
  ).toBeUndefined();
});
