import { expect, test } from "vitest";
import type { Annotation, Sentence } from "../schema/index.ts";
import { evaluate } from "./index.ts";

const tokens = ["Ann", "met", "Bob", "in", "Rome"];
const entities = [
  { start: 0, end: 1, type: "PER" },
  { start: 2, end: 3, type: "PER" },
  { start: 4, end: 5, type: "LOC" },
];
const met = { head: 0, tail: 1, type: "met" };
const livesIn = { head: 1, tail: 2, type: "lives_in" };
const full: Annotation = { entities, relations: [met, livesIn] };
const half: Annotation = { entities, relations: [met] };

function corpus(answers: readonly Annotation[]): { gold: Sentence[]; predicted: Annotation[] } {
  return { gold: answers.map((_, index) => ({ id: `${index}`, tokens, ...full })), predicted: [...answers] };
}

function intervalsOf(answers: readonly Annotation[], seed = 1) {
  const { gold, predicted } = corpus(answers);
  const report = evaluate(gold, predicted, { protocols: ["strict", "ner-strict"], intervals: { seed, resamples: 2000 } });
  return report.protocols.strict?.intervals;
}

test("a system with the same counts in every sentence has no spread", () => {
  const point = [0.5, 0.5];
  expect(intervalsOf(Array.from({ length: 30 }, () => half))?.micro).toEqual({
    precision: [1, 1],
    recall: point,
    f1: [2 / 3, 2 / 3],
  });
});

test("the interval of a share matches the binomial distribution", () => {
  // Of 400 sentences half are answered in full (2 of 2), half by half: recall is 0.75 and, per
  // sentence, 1 or 0.5.
  const recall = intervalsOf(Array.from({ length: 400 }, (_, index) => (index % 2 === 0 ? full : half)))?.micro.recall;
  const spread = 1.96 * Math.sqrt(0.25 ** 2 / 400);
  expect(recall?.[0]).toBeCloseTo(0.75 - spread, 2);
  expect(recall?.[1]).toBeCloseTo(0.75 + spread, 2);
});

test("macro and weighted averages have their own intervals", () => {
  const { macro, weighted } = intervalsOf([full, half, full, half, full]) ?? {};
  // met is always right, lives_in is right in some draws: their mean lies between one half and one.
  for (const [low, high] of [macro?.f1 ?? [0, 0], weighted?.f1 ?? [0, 0]]) {
    expect(low).toBeGreaterThanOrEqual(0.5);
    expect(high).toBeGreaterThan(low);
    expect(high).toBeLessThanOrEqual(1);
  }
});

test("intervals depend only on the seed, and are off by default", () => {
  const answers = Array.from({ length: 60 }, (_, index) => (index % 3 === 0 ? half : full));
  expect(intervalsOf(answers, 4)).toEqual(intervalsOf(answers, 4));
  const { gold, predicted } = corpus(answers);
  expect(evaluate(gold, predicted, { protocols: ["strict"] })).toMatchObject({
    intervals: null,
    protocols: { strict: { intervals: null } },
  });
});

test("refuses too few resamples, and an empty corpus has no interval", () => {
  expect(() => evaluate([], [], { protocols: ["strict"], intervals: { resamples: 10 } })).toThrow("at least 100");
  expect(() => evaluate([], [], { protocols: ["strict"], intervals: { confidence: 1 } })).toThrow("between 0 and 1");
  expect(evaluate([], [], { protocols: ["strict"], intervals: {} }).intervals).toBeNull();
});
