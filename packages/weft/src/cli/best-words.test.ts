import { expect, test } from "vitest";
import { bestWords, nothingRight } from "./best-words.ts";

test("the entities are shown beside the relations, above all while no relation is right", () => {
  expect(bestWords({ epoch: 3, score: 0.5 })).toBe("best dev F1 50.0 in epoch 3");
  expect(bestWords({ epoch: 3, score: 0.5, entities: 0.8 })).toBe("best dev F1 50.0 (entities 80.0) in epoch 3");
  expect(bestWords({ epoch: 3, score: 0, entities: 0.8 })).toContain("no relation right on dev yet; best entity F1 80.0");
});

test("a training without any relation right ends with what is kept and what to try", () => {
  expect(nothingRight({ epoch: 3, score: 0.01, entities: 0.8 }, { train: "t.jsonl", model: "rin" })).toBeUndefined();
  const words = nothingRight({ epoch: 3, score: 0, entities: 0.8 }, { train: "t.jsonl", model: "joint-nn" });
  expect(words).toContain("no epoch had a relation right on dev; epoch 3 is kept, which finds entities best (F1 80.0)");
  expect(words).toContain("weft data stats t.jsonl");
  expect(words).toContain("model: rin");
  expect(nothingRight({ epoch: 3, score: 0 }, { train: "t.jsonl", model: "rin" })).not.toContain("model: rin");
});
