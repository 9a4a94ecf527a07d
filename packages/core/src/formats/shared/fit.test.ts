import { expect, test } from "vitest";
import { adaDocument } from "../../testing/format-documents.ts";
import { jsonl } from "../jsonl.ts";
import type { Capacity } from "./capacity.ts";
import { fitDocument } from "./fit.ts";

const everything: Capacity = { ...jsonl.holds, discontinuous: true };
const ada = adaDocument();
const document = {
  ...ada,
  pos: ada.tokens.map(() => "X"),
  metadata: { page: 3 },
  entities: [
    ...ada.entities,
    { start: 2, end: 3, type: "name" },
    { start: 9, end: 11, type: "ORG", confidence: 0.5 },
    { start: 8, end: 10, type: "a b" },
    { start: 11, end: 12, type: null },
  ],
  relations: [
    ...ada.relations,
    { head: 0, tail: 5, type: "works_for" },
    { head: 3, tail: 5, type: "same" },
    { head: 5, tail: 5, type: "same" },
    { head: 4, tail: 6, type: "r", confidence: 1 },
  ],
};

const fit = (change: Partial<Capacity>) => {
  const { records, omissions } = fitDocument(document, { ...everything, ...change });
  return { records, omissions: omissions.map(({ path, reason }) => `${path}: ${reason}`) };
};

test("does not change a document for a format that holds everything", () => {
  expect(fit({})).toEqual({ records: [document], omissions: [] });
});

test.each<[string, Partial<Capacity>, string[]]>([
  ["no part-of-speech tags", { pos: false }, ["pos: the format has no part-of-speech tags"]],
  ["no metadata", { metadata: false }, ["metadata.page: the format cannot store this field"]],
  [
    "no confidence",
    { confidence: false },
    [
      "entities[5].confidence: the format cannot store a confidence",
      "relations[5].confidence: the format cannot store a confidence",
    ],
  ],
  ["types on everything", { entityTypes: "always" }, ['entities[7].type: every entity must have a type; written as "Entity"']],
  [
    "names of types without spaces",
    { typeNames: /^\S+$/ },
    ['entities[6].type: the format does not allow this type name; "a b" is written as "a_b"'],
  ],
  [
    "no duplicates",
    { duplicates: false },
    ["entities[5]: the entity is a duplicate", "relations[4]: the relation is a duplicate"],
  ],
  [
    "flat entities",
    { overlapping: false },
    [
      "entities[4]: the entity overlaps another, and the format holds only flat entities",
      "entities[5]: the entity overlaps another, and the format holds only flat entities",
      "entities[6]: the entity overlaps another, and the format holds only flat entities",
      "relations[2]: an end of the relation could not be written",
      "relations[3]: an end of the relation could not be written",
      "relations[4]: an end of the relation could not be written",
      "relations[5]: an end of the relation could not be written",
    ],
  ],
  [
    "relations inside a sentence",
    { crossSentence: false },
    ["relations[2]: the ends of the relation are in different sentences"],
  ],
  [
    "no relations",
    { relations: false },
    Array.from({ length: 6 }, (_, index) => `relations[${index}]: the format has no relations`),
  ],
  [
    "entities in relations alone",
    { entities: "in relations" },
    ["entities[7]: the entity is in no relation, and the format holds only entities in relations"],
  ],
])("omissions of a format that holds %s", (_, change, omissions) => {
  expect(fit(change).omissions).toEqual(omissions);
});

test("makes a record of each sentence, and drops what crosses its end", () => {
  const { records, omissions } = fit({ record: "sentence" });
  expect(omissions).toEqual([
    "entities[6]: the entity crosses a sentence boundary, and each record is one sentence",
    "relations[2]: the ends of the relation are in different sentences",
    "relations[5]: an end of the relation could not be written",
  ]);
  expect(records.map(({ id, entities, relations }) => [id, entities.length, relations.length])).toEqual([
    ["doc-1#0", 4, 2],
    ["doc-1#1", 3, 2],
  ]);
  expect(records[1]?.entities[0]).toEqual({ start: 0, end: 2, type: "ORG" });
});

test("moves the relations of a duplicate entity to the one that stays", () => {
  const [record] = fit({ duplicates: false }).records;
  expect(record?.entities).toHaveLength(7);
  expect(record?.relations.slice(2)).toEqual([
    { head: 0, tail: 3, type: "works_for" },
    { head: 3, tail: 3, type: "same" },
    { head: 4, tail: 5, type: "r", confidence: 1 },
  ]);
});
