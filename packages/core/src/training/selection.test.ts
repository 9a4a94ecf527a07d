import { expect, test } from "vitest";
import type { DevScore, Progress } from "./checkpoint.ts";
import { afterEvaluation, compareWithBest, type Selection } from "./selection.ts";

const selection: Selection = { protocol: "strict", entities: "ner-strict", ties: "entities" };

test.each<[string, DevScore, DevScore | undefined, string]>([
  ["the first epoch", { score: 0, entities: 0 }, undefined, "better"],
  ["better relations, worse entities", { score: 0.2, entities: 0.1 }, { score: 0.1, entities: 0.9 }, "better"],
  ["worse relations, better entities", { score: 0.1, entities: 0.9 }, { score: 0.2, entities: 0.1 }, "worse"],
  ["equal relations, better entities", { score: 0, entities: 0.5 }, { score: 0, entities: 0.4 }, "better"],
  ["equal relations, worse entities", { score: 0.2, entities: 0.3 }, { score: 0.2, entities: 0.4 }, "worse"],
  ["equal in both", { score: 0.2, entities: 0.4 }, { score: 0.2, entities: 0.4 }, "equal"],
  ["equal without entities", { score: 0.2 }, { score: 0.2 }, "equal"],
])("%s", (_, next, best, expected) => {
  expect(compareWithBest(next, best && { ...best }, selection)).toBe(expected);
});

test("with ties: first, an equal epoch never replaces the best", () => {
  const first: Selection = { ...selection, ties: "first" };
  expect(compareWithBest({ score: 0.2, entities: 0.9 }, { score: 0.2, entities: 0.4 }, first)).toBe("worse");
  expect(compareWithBest({ score: 0.3, entities: 0.1 }, { score: 0.2, entities: 0.4 }, first)).toBe("better");
});

/** The kept epoch and the evaluations without progress, after scores of the epochs 1, 2, … */
function after(scores: readonly DevScore[], used: Selection = selection): [best: number | undefined, stale: number] {
  let progress: Progress = { epoch: 0, step: 0, best: undefined, stale: 0, fingerprint: "" };
  for (const [index, score] of scores.entries()) ({ progress } = afterEvaluation(progress, index + 1, score, used));
  return [progress.best?.epoch, progress.stale];
}

test("without any relation right, the kept epoch is the one with the best entities, and patience waits", () => {
  const scores = [0.1, 0.5, 0.9, 0.7].map((entities) => ({ score: 0, entities }));
  expect(after(scores)).toEqual([3, 0]);
  expect(after(scores, { ...selection, ties: "first" })).toEqual([1, 0]);
  expect(after([...scores, { score: 0.1, entities: 0.1 }, { score: 0, entities: 0.9 }])).toEqual([5, 1]);
});

test("of equal epochs the later one is kept, and patience still runs out", () => {
  expect(after(Array.from({ length: 5 }, () => ({ score: 0.1, entities: 0.5 })))).toEqual([5, 4]);
});
