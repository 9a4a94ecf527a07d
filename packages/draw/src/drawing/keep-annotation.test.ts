import { expect, test } from "vitest";
import { keepAnnotation } from "./keep-annotation.ts";

const source = {
  entities: [
    { start: 0, end: 1, type: "PER", confidence: 0.9 },
    { start: 2, end: 3, type: "ORG", confidence: 0.2 },
    { start: 4, end: 5, type: "LOC" },
  ],
  relations: [
    { head: 0, tail: 1, type: "leads", confidence: 0.9 },
    { head: 2, tail: 0, type: "home_of", confidence: 0.4 },
    { head: 2, tail: 2, type: "is", confidence: 0.8 },
  ],
};

test("a relation is removed with its argument, and the others refer to the new indices", () => {
  const kept = keepAnnotation(source, { entity: ({ confidence = 1 }) => confidence >= 0.5 });
  expect(kept.entities).toEqual([0, 2]);
  expect(kept.relations).toEqual([1, 2]);
  expect(kept.source.relations.map(({ head, tail }) => [head, tail])).toEqual([
    [1, 0],
    [1, 1],
  ]);
});

test("entities stay when their relations are removed; without a filter everything stays", () => {
  const kept = keepAnnotation(source, { relation: ({ confidence = 1 }) => confidence >= 0.85 });
  expect(kept.source.entities).toEqual(source.entities);
  expect(kept.relations).toEqual([0]);
  expect(keepAnnotation(source, {}).source).toEqual(source);
});
