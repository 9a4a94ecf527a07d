import { expect, test } from "vitest";
import type { Sentence } from "../schema/index.ts";
import { growingSubsets } from "./index.ts";

const sentences = Array.from(
  { length: 60 },
  (_, index): Sentence => ({ id: `${index}`, tokens: ["a"], entities: [], relations: [], group: `d${index % 20}` }),
);

test("subsets contain each other, keep documents whole and the order of the corpus, and depend on the seed", () => {
  const [small = [], half = [], all] = growingSubsets(sentences, [0.1, 0.5, 1], 1);
  expect([small.length, half.length]).toEqual([6, 30]);
  expect(all).toEqual(sentences);
  expect(half).toEqual(expect.arrayContaining(small));
  expect(half.map(({ id }) => Number(id))).toEqual(half.map(({ id }) => Number(id)).toSorted((a, b) => a - b));
  for (const { group } of small) expect(small.filter((each) => each.group === group)).toHaveLength(3);
  expect(growingSubsets(sentences, [0.1], 1)).toEqual([small]);
  expect(growingSubsets(sentences, [0.1], 2)).not.toEqual([small]);
});

test("refuses shares that are none", () => {
  expect(() => growingSubsets(sentences, [0], 1)).toThrow("expected a number above 0 and up to 1, found 0");
  expect(() => growingSubsets(sentences, [1.5], 1)).toThrow("found 1.5 (SETTING_INVALID)");
});
