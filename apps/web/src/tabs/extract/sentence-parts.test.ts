import type { Document } from "@weft-nlp/core";
import { expect, test } from "vitest";
import { sentenceParts } from "./sentence-parts.ts";

test("each sentence is a separate drawing with offsets from its own start", () => {
  const words = ["Ada", "left", ".", "Bob", "met", "Ada"];
  const text = "Ada left. Bob met Ada";
  let at = 0;
  const document: Document = {
    id: "d",
    text,
    tokens: words.map((word) => {
      const start = text.indexOf(word, at);
      at = start + word.length;
      return { text: word, start, end: at };
    }),
    sentences: [
      { start: 0, end: 3 },
      { start: 3, end: 6 },
    ],
    entities: [
      { start: 5, end: 6, type: "PER", confidence: 0.5 },
      { start: 0, end: 1, type: "PER" },
      { start: 3, end: 4, type: "PER" },
      { start: 2, end: 4, type: "ODD" },
    ],
    relations: [
      { head: 2, tail: 0, type: "met", confidence: 0.7 },
      { head: 1, tail: 0, type: "is" },
    ],
    metadata: {},
  };
  const parts = sentenceParts(document);
  expect(parts.map((part) => part.text)).toEqual(["Ada left.", "Bob met Ada"]);
  expect(parts[0]?.entities).toEqual([{ start: 0, end: 1, type: "PER" }]);
  expect(parts[0]?.relations).toEqual([]);
  expect(parts[1]?.tokens[2]).toEqual({ text: "Ada", start: 8, end: 11 });
  expect(parts[1]?.entities).toEqual([
    { start: 2, end: 3, type: "PER", confidence: 0.5 },
    { start: 0, end: 1, type: "PER" },
  ]);
  expect(parts[1]?.relations).toEqual([{ head: 1, tail: 0, type: "met", confidence: 0.7 }]);
});

test("a long sentence is drawn in pieces, and the cuts spare entities and relations", () => {
  const tokens = Array.from({ length: 5000 }, (_, at) => ({ text: "a", start: 2 * at, end: 2 * at + 1 }));
  const document: Document = {
    id: "d",
    text: "a ".repeat(5000),
    tokens,
    sentences: [{ start: 0, end: 5000 }],
    entities: [
      { start: 0, end: 1, type: "A" },
      { start: 1990, end: 1991, type: "B" },
      { start: 2010, end: 2020, type: "C" },
      { start: 3990, end: 3992, type: "D" },
    ],
    relations: [
      { head: 2, tail: 1, type: "near" },
      { head: 0, tail: 3, type: "far" },
    ],
    metadata: {},
  };
  // The relation from end to end leaves no quiet place, so the first piece has its full length.
  const loud = sentenceParts(document);
  expect(loud.map((part) => part.tokens.length)).toEqual([2000, 2000, 1000]);
  expect(loud.flatMap((part) => part.relations)).toEqual([]);
  const quiet = sentenceParts({ ...document, relations: document.relations.slice(0, 1) });
  expect(quiet.map((part) => part.tokens.length)).toEqual([1990, 2000, 1010]);
  expect(quiet.map((part) => part.entities.map(({ type }) => type))).toEqual([["A"], ["B", "C"], ["D"]]);
  expect(quiet[1]?.relations).toEqual([{ head: 1, tail: 0, type: "near" }]);
  expect(quiet.map((part) => part.index)).toEqual([0, 1, 2]);
});
