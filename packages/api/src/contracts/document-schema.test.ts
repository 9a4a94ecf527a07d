import { type Document, joinTokens } from "@weft-nlp/core";
import { documentFromRecord, recordOf, type DocumentRecord as WrittenRecord } from "@weft-nlp/core/formats";
import { expect, expectTypeOf, test } from "vitest";
import type { DocumentRecord } from "../types.ts";
import { documentRecord, documentRequest, editedEntity, givenEntity } from "./document-schema.ts";

const document: Document = {
  id: "a",
  ...joinTokens(["Mara", "Voss", "founded", "🧵", "Acme", "."]),
  sentences: [{ start: 0, end: 6 }],
  pos: ["NNP", "NNP", "VBD", "SYM", "NNP", "."],
  entities: [
    { start: 0, end: 2, type: "PER", confidence: 0.9 },
    { start: 4, end: 5, type: null },
  ],
  relations: [{ head: 0, tail: 1, type: "founded", confidence: 0.5 }],
  metadata: { doc: "group" },
};

test("the schema accepts what core writes, field by field, and core reads it back", () => {
  const record = recordOf(document);
  expect(documentRecord.strict().parse(record)).toEqual(record);
  expect(documentFromRecord(record, {})).toEqual({ document, omissions: [] });
  const plain = recordOf({ ...document, pos: undefined, metadata: {} });
  expect(documentRecord.strict().parse(plain)).toEqual(plain);
  expect(Object.keys(record)).toEqual(Object.keys(documentRecord.shape));
});

test("schema and core agree in types", () => {
  expectTypeOf<WrittenRecord>().toExtend<DocumentRecord>();
  expectTypeOf<Omit<DocumentRecord, "entities" | "relations" | "pos" | "meta">>().toExtend<
    Omit<WrittenRecord, "entities" | "relations" | "pos" | "meta">
  >();
});

test("a record's text, tokens and entities make a valid request", () => {
  const { text, tokens, offsets, sentences, entities } = recordOf(document);
  expect(documentRequest.parse({ text, tokens, offsets, sentences, entities })).toEqual({
    text,
    tokens,
    offsets,
    sentences,
    entities,
  });
  for (const entity of entities) for (const schema of [givenEntity, editedEntity]) expect(schema.parse(entity)).toEqual(entity);
});
