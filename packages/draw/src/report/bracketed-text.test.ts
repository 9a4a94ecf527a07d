import { expect, test } from "vitest";
import { bracketedText, markedPair } from "./index.ts";

const tokens = ["an", "aol", "shareholder", "at", "home"];

test("entities are in brackets, relations are numbered at both ends", () => {
  const entities = [
    { start: 1, end: 2, type: "ORG" },
    { start: 2, end: 3, type: "PER" },
    { start: 4, end: 5, type: null },
  ];
  const relations = [
    { head: 1, tail: 0, type: "ORG-AFF" },
    { head: 1, tail: 2, type: "PHYS" },
  ];
  expect(bracketedText(tokens, { entities, relations })).toBe(
    "an [aol]ORG:→ORG-AFF-1 [shareholder]PER:ORG-AFF-1→:PHYS-2→ at [home]→PHYS-2",
  );
});

test("the longer of two nested entities opens first and closes last", () => {
  const entities = [
    { start: 1, end: 2, type: "ORG" },
    { start: 0, end: 3, type: "PER" },
    { start: 2, end: 3, type: "ROLE" },
  ];
  expect(bracketedText(tokens, { entities, relations: [] })).toBe("[an [aol]ORG [shareholder]ROLE]PER at home");
});

test("a pair is marked by its roles", () => {
  expect(markedPair(tokens, { start: 2, end: 3 }, { start: 1, end: 2 })).toBe("an [aol]tail [shareholder]head at home");
});
