import fc from "fast-check";
import { expect, test } from "vitest";
import { editDistance } from "./edit-distance.ts";

test("known distances", () => {
  expect(editDistance("kitten", "sitting")).toBe(3);
  expect(editDistance("ab", "ba")).toBe(1);
  // The restricted form does not edit a swapped pair again; the unrestricted one would give 2.
  expect(editDistance("ca", "abc")).toBe(3);
});

test("distance is symmetric, zero only for equal words, and 1 after one edit", () => {
  const word = fc.string({ maxLength: 8, unit: fc.constantFrom("a", "b", "c") });
  fc.assert(
    fc.property(word, word, fc.nat(8), (a, b, place) => {
      expect(editDistance(a, b)).toBe(editDistance(b, a));
      expect(editDistance(a, b) === 0).toBe(a === b);
      expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
      expect(editDistance(a, `${a.slice(0, place)}x${a.slice(place)}`)).toBe(1);
    }),
  );
});
