import fc from "fast-check";
import { expect, test } from "vitest";
import { distinct } from "./distinct.ts";

test("every place maps to its own item, and distinct items keep the order of their first occurrence", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.nat(5), fc.constantFrom("a", "b", "1"))), (items) => {
      const { firsts, rows } = distinct(items);
      expect(Array.from(rows, (row) => items[firsts[row] ?? -1])).toEqual(items);
      expect([...firsts]).toEqual([...firsts].toSorted((a, b) => a - b));
      expect(firsts.length).toBe(new Set(items).size);
    }),
  );
});
