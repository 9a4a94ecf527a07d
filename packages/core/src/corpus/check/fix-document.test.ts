import fc from "fast-check";
import { expect, test } from "vitest";
import { documentFromSentence, notesOf, validateDocument, withNotes } from "../../schema/index.ts";
import { fixDocument } from "./fix-document.ts";

test("removes copies and moves their relations to the remaining one", () => {
  const entities = [
    { start: 0, end: 1, type: "PER" },
    { start: 2, end: 3, type: "ORG" },
    { start: 0, end: 1, type: "PER" },
  ];
  const relations = [
    { head: 0, tail: 1, type: "works_for" },
    { head: 2, tail: 1, type: "works_for" },
    { head: 2, tail: 1, type: "left" },
  ];
  const document = documentFromSentence({ id: "1", tokens: ["Ada", "left", "Acme"], entities, relations });
  const fixed = fixDocument(document);
  expect(fixed.document.entities).toEqual(entities.slice(0, 2));
  expect(fixed.document.relations).toEqual([relations[0], { head: 0, tail: 1, type: "left" }]);
  expect(fixed.fixes).toEqual({ repeatedEntities: 1, repeatedRelations: 1, renamedEntities: 0, renamedRelations: 0 });
  const notes = [2, 1].flatMap((index) => [
    { text: `entity ${index}`, entity: index },
    { text: `relation ${index}`, relation: index },
  ]);
  expect(notesOf(fixDocument(withNotes(document, notes)).document)).toEqual([
    { text: "entity 2", entity: 0 },
    { text: "relation 2", relation: 1 },
    { text: "entity 1", entity: 1 },
    { text: "relation 1", relation: 0 },
  ]);
});

test("renames one kind of type or both, and removes copies that result", () => {
  const entities = [
    { start: 0, end: 1, type: "per" },
    { start: 0, end: 1, type: "PER" },
  ];
  const document = documentFromSentence({ id: "1", tokens: ["a"], entities, relations: [{ head: 0, tail: 1, type: "per" }] });
  const one = fixDocument(document, [{ of: "entity", from: "per", to: "PER" }]);
  expect(one.document).toMatchObject({ entities: [{ type: "PER" }], relations: [{ head: 0, tail: 0, type: "per" }] });
  expect(fixDocument(document, [{ from: "per", to: "x" }]).document).toMatchObject({
    entities: [{ type: "x" }, { type: "PER" }],
    relations: [{ type: "x" }],
  });
});

test("the result is valid and needs no further fixes", () => {
  const type = fc.constantFrom("A", "B");
  const entity = fc
    .record({ start: fc.nat(3), type: fc.option(type) })
    .map(({ start, type }) => ({ start, end: start + 1, type }));
  const made = fc.array(entity, { minLength: 1, maxLength: 5 }).chain((entities) => {
    const end = fc.nat(entities.length - 1);
    const relations = fc.array(fc.record({ head: end, tail: end, type }), { maxLength: 6 });
    return relations.map((relations) => documentFromSentence({ id: "1", tokens: ["a", "b", "c", "d"], entities, relations }));
  });
  fc.assert(
    fc.property(made, (document) => {
      const { document: fixed } = fixDocument(document);
      validateDocument(fixed);
      expect(fixDocument(fixed)).toEqual({
        document: fixed,
        fixes: { repeatedEntities: 0, repeatedRelations: 0, renamedEntities: 0, renamedRelations: 0 },
      });
      const said = (one: typeof document): Set<string> =>
        new Set(one.relations.map(({ head, tail, type }) => JSON.stringify([one.entities[head], one.entities[tail], type])));
      expect(said(fixed)).toEqual(said(document));
    }),
  );
});
