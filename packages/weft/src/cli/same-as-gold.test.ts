import { expect, test } from "vitest";
import { sameAsGold } from "./same-as-gold.ts";

const person = { start: 0, end: 1, type: "PER" };
const place = { start: 2, end: 3, type: "LOC" };
const gold = [{ entities: [person, place], relations: [{ head: 0, tail: 1, type: "in" }] }];
const turned = [{ entities: [place, person], relations: [{ head: 1, tail: 0, type: "in" }] }];
const files = [{ source: "gold.jsonl" }, { source: "found.jsonl" }] as const;

test("the same entities and relations in any order are the same annotation, with or without confidence", () => {
  const sure = turned.map((each) => ({ ...each, entities: each.entities.map((entity) => ({ ...entity, confidence: 0.5 })) }));
  expect(sameAsGold(...files, { gold, predicted: sure })).toEqual({
    by: "annotation",
    message: "every entity and relation in found.jsonl is as in gold.jsonl; gold may have been compared with itself",
  });
});

test.each([
  ["a relation is missing", gold, [{ ...turned[0], relations: [] }]],
  ["a type differs", gold, [{ entities: [person, { ...place, type: "ORG" }], relations: gold[0]?.relations ?? [] }]],
  ["nothing is annotated", [{ entities: [], relations: [] }], [{ entities: [], relations: [] }]],
])("it is not if %s", (_, one, other) => {
  const predicted = other.map(({ entities = [], relations }) => ({ entities, relations }));
  expect(sameAsGold(...files, { gold: one, predicted })).toBeUndefined();
});
