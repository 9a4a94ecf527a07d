import fc from "fast-check";
import { expect, test } from "vitest";
import { followEdit, inTokens, mark } from "./marked-entities.ts";

const text = "Mara Voss founded Acme";
const tokens = [
  { start: 0, end: 4 },
  { start: 5, end: 9 },
  { start: 10, end: 17 },
  { start: 18, end: 22 },
];
const mara = { startChar: 0, endChar: 9, type: "PER" };
const acme = { startChar: 18, endChar: 22, type: "ORG" };

test("words become an entity, and marking the same words again changes its type", () => {
  const one = mark([], { start: 0, end: 2 }, "PER", tokens);
  const both = mark(one, { start: 3, end: 4 }, "ORG", tokens);
  expect(both).toEqual([mara, acme]);
  expect(mark(both, { start: 0, end: 2 }, null, tokens)).toEqual([{ ...mara, type: null }, acme]);
  expect(mark(both, { start: 3, end: 9 }, "ORG", tokens)).toEqual(both);
  expect(inTokens(both, tokens)).toEqual([
    { start: 0, end: 2, type: "PER" },
    { start: 3, end: 4, type: "ORG" },
  ]);
});

test("an edit removes the entities that it touches and moves those behind it", () => {
  expect(followEdit([mara, acme], text, "Mara Voss has founded Acme")).toEqual([mara, { ...acme, startChar: 22, endChar: 26 }]);
  expect(followEdit([mara, acme], text, "Mara V. Voss founded Acme")).toEqual([{ ...acme, startChar: 21, endChar: 25 }]);
  expect(followEdit([mara, acme], text, "")).toEqual([]);
});

test("after any edit an entity covers the same words", () => {
  const words = fc.string({ unit: fc.constantFrom("a", "b", " "), maxLength: 12 });
  fc.assert(
    fc.property(words, words, words, words, fc.nat(30), fc.nat(30), (front, gone, come, behind, one, other) => {
      const before = `${front}${gone}${behind}`;
      const startChar = Math.min(one, other, before.length);
      const endChar = Math.min(Math.max(one, other), before.length);
      if (endChar === startChar) return;
      const after = `${front}${come}${behind}`;
      for (const entity of followEdit([{ startChar, endChar, type: null }], before, after)) {
        expect(after.slice(entity.startChar, entity.endChar)).toBe(before.slice(startChar, endChar));
      }
    }),
  );
});
