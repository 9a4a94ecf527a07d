import fc from "fast-check";
import { expect, test } from "vitest";
import { addCounts, f1, macro, noCounts, riskF1, score, sumCounts, weighted } from "./counts.ts";

test("precision, recall and F1 follow from the counts", () => {
  // 2 of 5 predictions are right, 2 of 4 gold items are found: P 0.4, R 0.5, F1 = 2·0.4·0.5/0.9 =
  // 4/9.
  const scored = score({ predicted: 5, gold: 4, correct: 2 });
  expect(scored).toEqual({ predicted: 5, gold: 4, correct: 2, precision: 0.4, recall: 0.5, f1: 4 / 9 });
});

test("a corpus without items scores 0, but the risk counts such a sentence as perfect", () => {
  expect(score(noCounts)).toMatchObject({ precision: 0, recall: 0, f1: 0 });
  expect(riskF1(noCounts)).toBe(1);
  expect(riskF1({ predicted: 1, gold: 0, correct: 0 })).toBe(0);
  expect(riskF1({ predicted: 0, gold: 1, correct: 0 })).toBe(0);
  expect(riskF1({ predicted: 1, gold: 3, correct: 1 })).toBe(0.5);
  // P = 1, R = 1/3: 5/4 · 1/3 / (1/4 + 1/3), and 5 · 1/3 / (4 + 1/3).
  expect(riskF1({ predicted: 1, gold: 3, correct: 1 }, 0.5)).toBeCloseTo(5 / 7, 12);
  expect(riskF1({ predicted: 1, gold: 3, correct: 1 }, 2)).toBeCloseTo(5 / 13, 12);
  expect(riskF1(noCounts, 2)).toBe(1);
});

test("macro and weighted average the classes that gold has", () => {
  const classes = [
    { predicted: 4, gold: 3, correct: 3 }, // P 3/4, R 1, F1 6/7
    { predicted: 0, gold: 1, correct: 0 }, // 0, 0, 0
    { predicted: 9, gold: 0, correct: 0 }, // not in gold: excluded
  ];
  expect(macro(classes)).toEqual({ precision: 0.375, recall: 0.5, f1: 3 / 7, classes: 2 });
  expect(weighted(classes)).toMatchObject({ precision: 2.25 / 4, recall: 3 / 4, classes: 2 });
  expect(weighted(classes).f1).toBeCloseTo((3 * 6) / 7 / 4, 12);
  expect(macro([])).toEqual({ precision: 0, recall: 0, f1: 0, classes: 0 });
});

const someCounts = fc
  .tuple(fc.nat(20), fc.nat(20), fc.nat(20))
  .map(([correct, missed, wrong]) => ({ correct, gold: correct + missed, predicted: correct + wrong }));

test("F1 is the harmonic mean of precision and recall, and between them", () => {
  fc.assert(
    fc.property(someCounts, (counts) => {
      const { precision, recall } = score(counts);
      const harmonic = precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
      expect(f1(counts)).toBeCloseTo(harmonic, 12);
    }),
  );
});

test("sums do not depend on the order", () => {
  fc.assert(
    fc.property(fc.array(someCounts), (all) => {
      expect(sumCounts(all)).toEqual(sumCounts([...all].reverse()));
      expect(sumCounts(all)).toEqual(all.reduce(addCounts, noCounts));
    }),
  );
});
