import fc from "fast-check";
import { expect, test } from "vitest";
import { joinTokens, type Span } from "../../schema/index.ts";
import { MentionFinder, nearestPair } from "./mentions.ts";

const gap = (a: Span, b: Span): number => (a.end <= b.start ? b.start - a.end : b.end <= a.start ? a.start - b.end : -1);

test("the nearest pair is the best of all pairs", () => {
  const places = (width: number) =>
    fc
      .uniqueArray(fc.nat(30), { minLength: 1, maxLength: 8 })
      .map((starts) => starts.toSorted((a, b) => a - b).map((start) => ({ start, end: start + width })));
  const lists = fc
    .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }))
    .chain(([a, b]) => fc.tuple(places(a), places(b)));
  fc.assert(
    fc.property(lists, ([heads, tails]) => {
      const [head, tail] = nearestPair(heads, tails);
      const apart = heads.flatMap((first) => tails.map((second) => gap(first, second))).filter((distance) => distance >= 0);
      if (apart.length === 0) expect([head, tail]).toEqual([heads[0], tails[0]]);
      else expect(gap(head, tail)).toBe(Math.min(...apart));
    }),
    { numRuns: 2000 },
  );
});

test("finds words on token boundaries, including overlapping places", () => {
  const finder = new MentionFinder(joinTokens(["a", "a", "a", "ab", "🚀", "a"]), "nearest", () => {});
  expect(finder.places("a a")).toEqual([
    { start: 0, end: 2 },
    { start: 1, end: 3 },
  ]);
  expect(finder.places("🚀 a")).toEqual([{ start: 4, end: 6 }]);
  expect(finder.places("b")).toEqual([]);
  expect(finder.places("")).toEqual([]);
  expect(finder.places(" ")).toEqual([]);
});

test("an entity prefers the places that relations gave its words to its first one", () => {
  const said: string[] = [];
  const finder = new MentionFinder(joinTokens("A of B and A of C".split(" ")), "nearest", (path, reason) =>
    said.push(`${path}: ${reason}`),
  );
  finder.relation("A", "C", "r");
  finder.entity("A", "X", "e0");
  finder.entity("of", "Y", "e1");
  expect(finder.table.entities).toEqual([
    { start: 4, end: 5, type: "X" },
    { start: 6, end: 7, type: null },
    { start: 1, end: 2, type: "Y" },
  ]);
  expect(said).toEqual([
    'r: "A" occurs 2 times; ambiguous, the nearest pair was used',
    'e1: "of" occurs 2 times; ambiguous, the first place was used',
  ]);
});
