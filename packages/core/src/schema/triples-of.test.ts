import { expect, test } from "vitest";
import { documentFromText } from "../text/index.ts";
import { triplesOf } from "./triples-of.ts";

test("writes out relations with their character spans, and line breaks as spaces", () => {
  const document = documentFromText("a", "🚀 Ada\nLovelace joined Acme.", { sentences: "one" });
  const [rocket, ada, lovelace, joined, acme] = document.tokens.map((token) => token.text);
  expect([rocket, ada, lovelace, joined, acme]).toEqual(["🚀", "Ada", "Lovelace", "joined", "Acme"]);
  const annotated = {
    ...document,
    entities: [
      { start: 4, end: 5, type: "ORG" },
      { start: 1, end: 3, type: null },
    ],
    relations: [
      { head: 1, tail: 0, type: "works_for", confidence: 0.5 },
      { head: 0, tail: 1, type: "employs" },
    ],
  };
  expect(triplesOf(annotated)).toEqual([
    {
      head: { text: "Ada Lovelace", type: null, chars: { start: 3, end: 15 } },
      relation: "works_for",
      tail: { text: "Acme", type: "ORG", chars: { start: 23, end: 27 } },
      confidence: 0.5,
    },
    {
      head: { text: "Acme", type: "ORG", chars: { start: 23, end: 27 } },
      relation: "employs",
      tail: { text: "Ada Lovelace", type: null, chars: { start: 3, end: 15 } },
      confidence: 1,
    },
  ]);
});
