import { expect, test } from "vitest";
import type { Sentence } from "../schema/index.ts";
import { evaluate } from "./evaluate.ts";
import type { Prediction } from "./prediction.ts";
import type { Report } from "./report.ts";
import { poolReports, summariseReports } from "./summary.ts";

const entities = [0, 1, 2].map((start) => ({ start, end: start + 1, type: "X" }));
const relation = (head: number, tail: number, type: string) => ({ head, tail, type });
const gold: Sentence = {
  id: "s",
  tokens: ["a", "b", "c"],
  entities,
  relations: [relation(0, 1, "r"), relation(1, 2, "r"), relation(0, 2, "q")],
};
const reportOf = (...relations: Prediction["relations"]): Report =>
  evaluate([gold], [{ entities, relations }], { protocols: ["strict", "ner-strict"] });

// r: 2 of 2 predicted, 2 gold; q: none. Then r: 1 of 1 of 2 gold; q: 1 of 2 predicted of 1 gold.
const first = reportOf(relation(0, 1, "r"), relation(1, 2, "r"));
const second = reportOf(relation(0, 1, "r"), relation(0, 2, "q"), relation(1, 2, "q"));

test("mean and sample deviation of each rate, counted by hand", () => {
  const [strict, entities] = summariseReports([first, second]);
  expect(strict).toMatchObject({ protocol: "strict", unit: "relations", n: 2, words: first.protocols.strict?.words });
  expect(strict?.micro.precision.values).toEqual([1, 2 / 3]);
  expect(strict?.micro.precision.mean).toBeCloseTo(5 / 6);
  expect(strict?.micro.precision.deviation).toBeCloseTo(Math.SQRT2 / 6);
  expect(strict?.micro.recall.values).toEqual([2 / 3, 2 / 3]);
  expect(strict?.micro.recall.deviation).toBe(0);
  // Weighted by support 2 and 1: (2 · 1 + 0) / 3, and (2 · 1 + 1 · 1/2) / 3.
  expect(strict?.weighted.precision.values[0]).toBeCloseTo(2 / 3);
  expect(strict?.weighted.precision.values[1]).toBeCloseTo(5 / 6);
  expect(entities).toMatchObject({ protocol: "ner-strict", micro: { f1: { mean: 1, deviation: 0 } } });
});

test("one report has no deviation, and none give an empty list", () => {
  expect(summariseReports([first])[0]?.micro.f1).toEqual({ values: [0.8], mean: 0.8, deviation: null });
  expect(summariseReports([])).toEqual([]);
  expect(poolReports([])).toEqual([]);
});

test("skips a protocol that a report lacks", () => {
  const without = evaluate([gold], [gold], { protocols: ["ner-strict"] });
  expect(summariseReports([first, without]).map(({ protocol }) => protocol)).toEqual(["ner-strict"]);
});

test("pooled scores sum counts before computing rates", () => {
  const [strict] = poolReports([first, second]);
  // r: 3 right of 3 predicted, 4 gold; q: 1 right of 2 predicted, 2 gold.
  expect(strict?.micro).toMatchObject({ correct: 4, predicted: 5, gold: 6, precision: 4 / 5, recall: 4 / 6 });
  expect(strict?.weighted.precision).toBeCloseTo((4 * 1 + 2 * 0.5) / 6);
  expect(strict?.weighted.recall).toBeCloseTo(4 / 6);
  expect(strict?.macro).toMatchObject({ classes: 2, recall: (3 / 4 + 1 / 2) / 2 });
});

test("pooling reports of parts equals one report over all", () => {
  const whole = evaluate([gold, gold], [{ entities, relations: gold.relations.slice(0, 2) }, gold], { protocols: ["strict"] });
  const parts = [reportOf(...gold.relations.slice(0, 2)), reportOf(...gold.relations)];
  expect(poolReports(parts)[0]).toMatchObject({
    micro: whole.protocols.strict?.micro,
    weighted: whole.protocols.strict?.weighted,
  });
});
