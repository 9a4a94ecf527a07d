import fc from "fast-check";
import { expect, test } from "vitest";
import { spanCount, spansOfSentence, spanUnits, unitOf } from "./span-units.ts";

test("the spans of a sentence are all spans that are short enough, by start and then end", () => {
  expect(spansOfSentence(3, 2).map(({ start, end }) => [start, end])).toEqual([
    [0, 1],
    [0, 2],
    [1, 2],
    [1, 3],
    [2, 3],
  ]);
});

test("every span is found where it stands, and no other is", () => {
  fc.assert(
    fc.property(fc.nat(9), fc.integer({ min: 1, max: 12 }), (words, longest) => {
      const spans = spansOfSentence(words, longest);
      expect(spans.length).toBe(spanCount(words, longest));
      for (let start = -1; start <= words + 1; start++) {
        for (let end = start; end <= words + 2; end++) {
          const place = spans.findIndex((span) => span.start === start && span.end === end);
          expect(unitOf({ start, end }, words, longest), `${start}-${end}`).toBe(place);
        }
      }
    }),
  );
});

test("sentences of a batch have their spans one after the other, and none crosses a border", () => {
  const { units, spans } = spanUnits(Int32Array.of(0, 2, 2, 5), 2);
  expect([...units]).toEqual([0, 3, 3, 8]);
  expect([...spans.subarray(0, 6)]).toEqual([0, 1, 0, 2, 1, 2]);
  expect([...spans.subarray(6)]).toEqual([2, 3, 2, 4, 3, 4, 3, 5, 4, 5]);
});
