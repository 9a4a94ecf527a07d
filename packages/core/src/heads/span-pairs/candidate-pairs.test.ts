import fc from "fast-check";
import { expect, test } from "vitest";
import { candidatePairs, distinctSpans, goldLabels, labelCount, labelOf, meaningOf } from "./candidate-pairs.ts";

const spans = fc.array(
  fc.tuple(fc.nat({ max: 8 }), fc.integer({ min: 1, max: 3 })).map(([start, length]) => ({ start, end: start + length })),
  { maxLength: 8 },
);

test("spans that do not overlap form one left-to-right pair, or two ordered ones", () => {
  fc.assert(
    fc.property(spans, (drawn) => {
      const distinct = distinctSpans(drawn);
      const pairs = candidatePairs(distinct, "left-to-right");
      for (const [first, second] of pairs) expect(distinct[first]?.end ?? 9).toBeLessThanOrEqual(distinct[second]?.start ?? -1);
      const apart = distinct.flatMap((x) => distinct.filter((y) => x.end <= y.start));
      expect(pairs.length).toBe(apart.length);
      const both = candidatePairs(distinct, "ordered").map((pair) => pair.join());
      expect(new Set(both)).toEqual(new Set(pairs.flatMap(([i, j]) => [`${i},${j}`, `${j},${i}`])));
    }),
  );
});

test.each(["left-to-right", "ordered"] as const)("every %s label but the first has exactly one meaning", (order) => {
  const labels = Array.from({ length: labelCount(5, order) - 1 }, (_, k) => k + 1);
  expect(labels.map((label) => labelOf(meaningOf(label, order), order))).toEqual(labels);
  expect(labelCount(5, order)).toBe(order === "ordered" ? 6 : 11);
});

test("gold labels carry the direction; spans that are not gold have none", () => {
  const gold = { spans: Int32Array.of(0, 1, 2, 4, 5, 6), relations: Int32Array.of(0, 1, 3, 2, 1, 0) };
  const found = distinctSpans([
    { start: 0, end: 1 },
    { start: 2, end: 4 },
    { start: 5, end: 6 },
    { start: 2, end: 3 },
  ]);
  const read = (order: "left-to-right" | "ordered"): Record<string, number> => {
    const pairs = candidatePairs(found, order);
    const labels = goldLabels({ spans: found, pairs }, gold, order);
    const named = pairs.map(([i, j], k) => [
      `${found[i]?.start}-${found[i]?.end} ${found[j]?.start}-${found[j]?.end}`,
      labels[k] ?? -1,
    ]);
    return Object.fromEntries(named.filter(([, label]) => label !== 0)) as Record<string, number>;
  };
  // Type 3 from left to right is 1 + 2 · 3; type 0 from right to left is 1 + 1.
  expect(read("left-to-right")).toEqual({ "0-1 2-4": 7, "2-4 5-6": 2 });
  expect(read("ordered")).toEqual({ "0-1 2-4": 4, "5-6 2-4": 1 });
});
