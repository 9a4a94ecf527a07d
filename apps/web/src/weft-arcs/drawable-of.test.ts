import { documentFromSentence } from "@weft-nlp/core";
import { recordOf } from "@weft-nlp/core/formats";
import { expect, test } from "vitest";
import { drawableOf } from "./drawable-of.ts";

const document = documentFromSentence({
  id: "a",
  tokens: ["Ada", "leads", "Acme"],
  entities: [
    { start: 0, end: 1, type: "PER" },
    { start: 2, end: 3, type: "ORG" },
  ],
  relations: [{ head: 0, tail: 1, type: "leads" }],
});

test("a record is drawn like its document", () => {
  const { text, tokens, entities, relations } = document;
  expect(drawableOf(recordOf(document))).toMatchObject({ text, tokens, entities, relations });
  expect(drawableOf({ tokens: ["Ada", "leads", "Acme"], entities, relations })).toMatchObject({ text, tokens });
  expect(drawableOf(document)).toBe(document);
});
