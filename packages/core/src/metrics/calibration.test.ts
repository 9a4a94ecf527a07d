import fc from "fast-check";
import { expect, test } from "vitest";
import { fitScaling, inverseScaling, noScaling, reliability, scaleConfidence, temperatureRange } from "./calibration.ts";
import { collectCandidates } from "./relation-candidates.ts";

const judged = (confidence: number, correct: boolean) => ({ confidence, correct });

test("compares confidence with accuracy in each bin", () => {
  const { bins, expectedCalibrationError, negativeLogLikelihood } = reliability(
    [judged(0.95, true), judged(0.9, false), judged(0.2, false), judged(0.25, true)],
    10,
  );
  expect(bins.map(({ count }) => count)).toEqual([0, 0, 2, 0, 0, 0, 0, 0, 0, 2]);
  expect(bins[2]).toMatchObject({ low: 0.2, accuracy: 0.5 });
  expect(bins[2]?.confidence).toBeCloseTo(0.225);
  // Half of the candidates are 0.275 underconfident, half 0.425 overconfident.
  expect(expectedCalibrationError).toBeCloseTo((0.275 + 0.425) / 2);
  expect(negativeLogLikelihood).toBeCloseTo(-(Math.log(0.95) + Math.log(0.1) + Math.log(0.8) + Math.log(0.25)) / 4);
});

test("a wrong certainty has a large finite loss, and no candidates have none", () => {
  expect(reliability([judged(1, false), judged(0, true)]).negativeLogLikelihood).toBeCloseTo(-Math.log(1e-12));
  expect(reliability([])).toMatchObject({ expectedCalibrationError: 0, negativeLogLikelihood: 0 });
  expect(reliability([judged(1, true)]).bins.at(-1)?.count).toBe(1);
});

const times = <Item>(count: number, items: readonly Item[]): Item[] => Array.from({ length: count }, () => items).flat();

test("accuracy 3/4 at odds 9:1 and 1/4 at odds 1:9 doubles the temperature, without a shift", () => {
  const high = [judged(0.9, true), judged(0.9, true), judged(0.9, true), judged(0.9, false)];
  const low = high.map(({ confidence, correct }) => judged(1 - confidence, !correct));
  // Slope ln 3 / ln 9; thousands of candidates outweigh the term that pulls it towards 1.
  const { temperature, shift } = fitScaling(times(20_000, [...high, ...low]));
  expect(temperature).toBeCloseTo(2, 3);
  expect(shift).toBeCloseTo(0, 6);
  expect(scaleConfidence(0.9, { temperature: 2, shift: 0 })).toBeCloseTo(0.75);
});

test("a model with odds three times too high everywhere is shifted, not sharpened", () => {
  // Odds of 9 are really 3, odds of 1 are 1/3, odds of 1/9 are 1/27: every logit is ln 3 too large.
  const at = (confidence: number, right: number, wrong: number) => [
    ...Array.from({ length: right }, () => judged(confidence, true)),
    ...Array.from({ length: wrong }, () => judged(confidence, false)),
  ];
  const { temperature, shift } = fitScaling(times(2000, [...at(0.9, 21, 7), ...at(0.5, 7, 21), ...at(0.1, 1, 27)]));
  expect(temperature).toBeCloseTo(1, 3);
  expect(shift).toBeCloseTo(-Math.log(3), 3);
  expect(scaleConfidence(0.9, { temperature: 1, shift: -Math.log(3) })).toBeCloseTo(0.75);
});

test("few candidates change little, and uninformative or inverted confidences keep their order", () => {
  expect(fitScaling([])).toEqual(noScaling);
  const one = fitScaling([judged(0.9, true)]);
  expect(Math.abs(one.temperature - 1)).toBeLessThan(0.2);
  const separable = fitScaling(times(50, [judged(0.9, true), judged(0.1, false)]));
  expect(separable.temperature).toBeGreaterThan(temperatureRange.low);
  expect(separable.temperature).toBeLessThan(1);
  const contrary = fitScaling(times(500, [judged(0.9, false), judged(0.1, true), judged(0.1, true)]));
  expect(contrary.temperature).toBeCloseTo(temperatureRange.high);
  expect(contrary.shift).toBeGreaterThan(0);
});

const anyConfidence = fc.double({ min: 0.001, max: 0.999, noNaN: true });
const anyScaling = fc.record({
  temperature: fc.double({ min: 0.5, max: 5, noNaN: true }),
  shift: fc.double({ min: -2, max: 2, noNaN: true }),
});

test("a scaling keeps the order and the ends, and its inverse undoes it", () => {
  fc.assert(
    fc.property(anyConfidence, anyConfidence, anyScaling, (one, other, scaling) => {
      const [a, b] = [one, other].map((confidence) => scaleConfidence(confidence, scaling)) as [number, number];
      if (one < other) expect(a).toBeLessThanOrEqual(b);
      expect(scaleConfidence(a, inverseScaling(scaling))).toBeCloseTo(one, 6);
    }),
  );
  for (const fixed of [0, 1]) expect(scaleConfidence(fixed, { temperature: 3, shift: 1 })).toBe(fixed);
});

test("the fit has no larger regularised loss than its neighbours", () => {
  fc.assert(
    fc.property(fc.array(fc.record({ confidence: anyConfidence, correct: fc.boolean() }), { minLength: 1 }), (candidates) => {
      const lossAt = ({ temperature, shift }: typeof noScaling): number => {
        const scaled = candidates.map((each) => ({
          ...each,
          confidence: scaleConfidence(each.confidence, { temperature, shift }),
        }));
        const fit = reliability(scaled).negativeLogLikelihood * candidates.length;
        return fit + ((1 / temperature - 1) ** 2 + shift ** 2) / 2;
      };
      const found = fitScaling(candidates);
      for (const [warmer, more] of [
        [0.9, 0],
        [1.1, 0],
        [1, 0.1],
        [1, -0.1],
        [1.1, -0.1],
      ] as const) {
        const other = { temperature: found.temperature * warmer, shift: found.shift + more };
        if (other.temperature < temperatureRange.low || other.temperature > temperatureRange.high) continue;
        expect(lossAt(found)).toBeLessThanOrEqual(lossAt(other) + 1e-7);
      }
    }),
  );
});

test("judges each candidate once by a protocol, and counts gold without a candidate", () => {
  const at = (start: number) => ({ start, end: start + 1, type: "T" });
  const gold = {
    id: "s",
    tokens: ["a", "b", "c"],
    entities: [at(0), at(1), at(2)],
    relations: [
      { head: 0, tail: 1, type: "r" },
      { head: 1, tail: 2, type: "q" },
    ],
  };
  const relations = [
    { head: 0, tail: 1, type: "r", confidence: 0.4 },
    { head: 0, tail: 1, type: "r", confidence: 0.6 },
    { head: 1, tail: 0, type: "r", confidence: 0.3 },
    { head: 0, tail: 2, type: "r", confidence: 0.2 },
  ];
  const predictions = [{ entities: gold.entities, relations }];
  const strict = collectCandidates("strict", [gold], predictions);
  expect(strict.candidates).toEqual([
    { type: "r", confidence: 0.6, correct: true },
    { type: "r", confidence: 0.3, correct: false },
    { type: "r", confidence: 0.2, correct: false },
  ]);
  expect([...strict.gold]).toEqual([
    ["r", 1],
    ["q", 1],
  ]);
  // Without direction the third equals the first.
  expect(collectCandidates("pairs-undirected", [gold], predictions).candidates).toHaveLength(2);
  expect(() => collectCandidates("ner-strict", [gold], predictions)).toThrow("thresholds are chosen by relations");
});
