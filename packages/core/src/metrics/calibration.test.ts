import fc from "fast-check";
import { expect, test } from "vitest";
import { atTemperature, fitTemperature, reliability, temperatureRange } from "./calibration.ts";
import { collectCandidates } from "./candidates.ts";

const judged = (confidence: number, correct: boolean) => ({ confidence, correct });

test("confidences are held against the share that is right, bin by bin", () => {
  const { bins, expectedCalibrationError, negativeLogLikelihood } = reliability(
    [judged(0.95, true), judged(0.9, false), judged(0.2, false), judged(0.25, true)],
    10,
  );
  expect(bins.map(({ count }) => count)).toEqual([0, 0, 2, 0, 0, 0, 0, 0, 0, 2]);
  expect(bins[2]).toMatchObject({ low: 0.2, accuracy: 0.5 });
  expect(bins[2]?.confidence).toBeCloseTo(0.225);
  // Half of the candidates are 0.275 too unsure, half 0.425 too sure.
  expect(expectedCalibrationError).toBeCloseTo((0.275 + 0.425) / 2);
  expect(negativeLogLikelihood).toBeCloseTo(-(Math.log(0.95) + Math.log(0.1) + Math.log(0.8) + Math.log(0.25)) / 4);
});

test("a certainty that is wrong costs much, and not more than a number can hold; nothing costs nothing", () => {
  expect(reliability([judged(1, false), judged(0, true)]).negativeLogLikelihood).toBeCloseTo(-Math.log(1e-12));
  expect(reliability([])).toMatchObject({ expectedCalibrationError: 0, negativeLogLikelihood: 0 });
  expect(reliability([judged(1, true)]).bins.at(-1)?.count).toBe(1);
});

test("three of four right at nine to one: twice the temperature makes it three to one", () => {
  const four = [judged(0.9, true), judged(0.9, true), judged(0.9, true), judged(0.9, false)];
  expect(fitTemperature(four)).toBeCloseTo(2, 6);
  expect(atTemperature(0.9, 2)).toBeCloseTo(0.75);
  // The same on the other side of one half: one of four right at one to nine.
  expect(fitTemperature(four.map(({ confidence, correct }) => judged(1 - confidence, !correct)))).toBeCloseTo(2, 6);
});

test("no temperature is colder or hotter than the range, and one half says nothing", () => {
  expect(fitTemperature([judged(0.9, true), judged(0.1, false)])).toBe(temperatureRange.low);
  expect(fitTemperature([judged(0.9, false), judged(0.1, true)])).toBe(temperatureRange.high);
  expect(fitTemperature([])).toBe(1);
  expect(fitTemperature([judged(0.5, true)])).toBe(1);
});

const anyConfidence = fc.double({ min: 0.001, max: 0.999, noNaN: true });

test("a temperature keeps the order, one half and the ends, and its inverse takes it back", () => {
  fc.assert(
    fc.property(anyConfidence, anyConfidence, fc.double({ min: 0.5, max: 5, noNaN: true }), (one, other, temperature) => {
      const [a, b] = [one, other].map((confidence) => atTemperature(confidence, temperature));
      if (one < other) expect(a).toBeLessThanOrEqual(b as number);
      expect(atTemperature(a as number, 1 / temperature)).toBeCloseTo(one, 6);
    }),
  );
  for (const fixed of [0, 0.5, 1]) expect(atTemperature(fixed, 3)).toBe(fixed);
});

test("the temperature found has a loss no larger than those around it", () => {
  fc.assert(
    fc.property(fc.array(fc.record({ confidence: anyConfidence, correct: fc.boolean() }), { minLength: 1 }), (candidates) => {
      const lossAt = (temperature: number): number =>
        reliability(candidates.map((each) => ({ ...each, confidence: atTemperature(each.confidence, temperature) })))
          .negativeLogLikelihood;
      const found = fitTemperature(candidates);
      for (const other of [found * 0.9, found * 1.1, 1]) {
        if (other < temperatureRange.low || other > temperatureRange.high) continue;
        expect(lossAt(found)).toBeLessThanOrEqual(lossAt(other) + 1e-9);
      }
    }),
  );
});

test("candidates are judged by a protocol, each thing once, and gold that nobody proposes is counted", () => {
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
  // Without direction the third is the first again.
  expect(collectCandidates("pairs-undirected", [gold], predictions).candidates).toHaveLength(2);
  expect(() => collectCandidates("ner-strict", [gold], predictions)).toThrow("thresholds are chosen by relations");
});
