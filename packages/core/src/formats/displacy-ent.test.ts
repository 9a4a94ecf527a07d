import { expect, test } from "vitest";
import { adaDocument } from "../testing/format-documents.ts";
import { displacyEnt } from "./displacy-ent.ts";
import { collectText } from "./format.ts";

test("writes a document byte for byte, in code points and without relations", async () => {
  const { text, omissions } = await collectText(displacyEnt.write([adaDocument()]));
  expect(text).toBe(
    `{"text":"🚀 Ada Lovelace joined Acme Corp in Paris. Acme Corp makes engines.","ents":[{"start":2,"end":14,"label":"PER"},{"start":22,"end":31,"label":"ORG"},{"start":35,"end":40,"label":"LOC"},{"start":42,"end":51,"label":"ORG"}],"title":null}\n`,
  );
  expect(omissions.map(({ source, path, reason }) => `${source} ${path}: ${reason}`)).toEqual([
    "doc-1 relations[0]: the format has no relations",
    "doc-1 relations[1]: the format has no relations",
  ]);
});

test("writes entities in order, keeps the longest of overlapping ones, and labels each", async () => {
  const entities = [
    { start: 7, end: 8, type: null },
    { start: 2, end: 3, type: "NAME" },
    { start: 1, end: 3, type: "PER" },
  ];
  const { text, omissions } = await collectText(displacyEnt.write([{ ...adaDocument(), entities, relations: [] }]));
  expect(JSON.parse(text).ents).toEqual([
    { start: 2, end: 14, label: "PER" },
    { start: 35, end: 40, label: "Entity" },
  ]);
  expect(omissions.map(({ path }) => path)).toEqual(["entities[0].type", "entities[1]"]);
});
