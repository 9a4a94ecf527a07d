import fc from "fast-check";
import { expect, test } from "vitest";
import { chooseSpans, surestSpans, type WeightedSpan } from "./choose-spans.ts";

const spans = fc.array(
  fc
    .tuple(fc.nat(7), fc.integer({ min: 1, max: 4 }), fc.integer({ min: -3, max: 9 }))
    .map(([start, length, weight]): WeightedSpan => ({ start, end: start + length, weight })),
  { maxLength: 9 },
);

test("no set of spans that do not overlap weighs more than the chosen one", () => {
  fc.assert(
    fc.property(spans, (drawn) => {
      const chosen = chooseSpans(drawn);
      expect(apart(chosen.map((k) => drawn[k] as WeightedSpan))).toBe(true);
      let best = 0;
      for (let mask = 0; mask < 2 ** drawn.length; mask++) {
        const set = drawn.filter((_, k) => ((mask >> k) & 1) === 1);
        if (apart(set)) best = Math.max(best, weigh(set));
      }
      expect(weigh(chosen.map((k) => drawn[k] as WeightedSpan))).toBe(best);
    }),
    { numRuns: 300 },
  );
});

test("two short spans outweigh a long one that alone is the surest", () => {
  const drawn = [
    { start: 0, end: 4, weight: 5 },
    { start: 0, end: 2, weight: 3 },
    { start: 2, end: 4, weight: 3 },
  ];
  expect(chooseSpans(drawn)).toEqual([1, 2]);
});

test("of more spans than are wanted, the surest stay", () => {
  const drawn = [3, -1, 5, 4].map((weight, start) => ({ start, end: start + 2, weight }));
  expect(surestSpans(drawn, 3)).toEqual([0, 2, 3]);
  expect(surestSpans(drawn, 2)).toEqual([2, 3]);
});

function apart(set: readonly WeightedSpan[]): boolean {
  return set.every((x, i) => set.every((y, j) => i === j || x.end <= y.start || y.end <= x.start));
}

function weigh(set: readonly WeightedSpan[]): number {
  return set.reduce((sum, { weight }) => sum + weight, 0);
}
