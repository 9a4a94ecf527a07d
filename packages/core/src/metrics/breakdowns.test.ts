import { expect, test } from "vitest";
import type { Annotation } from "../schema/index.ts";
import { distanceBucket, lengthBucket, overlapClasses, tripleCountBucket, wordsBetween } from "./breakdowns.ts";

/** Triples over one-word entities: "0 p 1" is relation p from word 0 to word 1. */
function triples(...texts: string[]): Annotation {
  const parts = texts.map((text) => text.split(" "));
  return {
    entities: [0, 1, 2, 3].map((start) => ({ start, end: start + 1, type: null })),
    relations: parts.map(([head, type, tail]) => ({ head: Number(head), type: type ?? "", tail: Number(tail) })),
  };
}

test.each([
  [[], ["none"]],
  [["0 p 1"], ["Normal"]],
  [["0 p 1", "2 p 3"], ["Normal"]],
  [["0 p 1", "0 p 1"], ["Normal"]], // a repeated triple counts once
  [["0 p 0"], ["SEO"]], // both ends are one entity
  [
    ["0 p 0", "0 q 0"],
    ["EPO", "SEO"],
  ],
  [["0 p 1", "0 q 1"], ["EPO"]],
  [["0 p 1", "1 q 0"], ["SEO"]], // pairs are ordered, so these are two pairs
  [["0 p 1", "0 p 2"], ["SEO"]],
  [
    ["0 p 1", "0 q 1", "1 p 2"],
    ["EPO", "SEO"],
  ],
  [["0 p 1", "0 q 1", "2 p 3"], ["EPO"]],
])("overlap classes of %j are %j", (texts, classes) => {
  expect(overlapClasses(triples(...texts))).toEqual(classes);
});

test("counts distinct triples up to five", () => {
  expect(tripleCountBucket(triples())).toBe("0");
  expect(tripleCountBucket(triples("0 p 1", "0 p 1"))).toBe("1");
  expect(tripleCountBucket(triples("0 p 1", "0 p 2", "0 p 3", "1 p 2"))).toBe("4");
  expect(tripleCountBucket(triples("0 p 1", "0 p 2", "0 p 3", "1 p 2", "1 p 3", "2 p 3"))).toBe("≥5");
});

test("words between two spans, in either order", () => {
  expect(wordsBetween({ start: 0, end: 2 }, { start: 5, end: 6 })).toBe(3);
  expect(wordsBetween({ start: 5, end: 6 }, { start: 0, end: 2 })).toBe(3);
  expect(wordsBetween({ start: 0, end: 2 }, { start: 2, end: 3 })).toBe(0);
  expect(wordsBetween({ start: 0, end: 4 }, { start: 1, end: 2 })).toBe(0);
});

test("buckets have no gaps", () => {
  expect([0, 5, 6, 10, 11].map(distanceBucket)).toEqual(["0", "5", "6–10", "6–10", "≥11"]);
  expect([0, 1, 10, 11, 20, 21, 50, 51].map(lengthBucket)).toEqual([
    "≤10",
    "≤10",
    "≤10",
    "11–20",
    "11–20",
    "21–30",
    "41–50",
    "≥51",
  ]);
});
