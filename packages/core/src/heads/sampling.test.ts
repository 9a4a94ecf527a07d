import { Random } from "@weft-nlp/tensor";
import { expect, test } from "vitest";
import { bestIndex, drawDistinct, drawIndex } from "./sampling.ts";

test("indices are drawn in proportion to their weights, and those of weight zero never", () => {
  const random = Random.of(5);
  const counts = [0, 0, 0, 0];
  for (let k = 0; k < 20_000; k++) {
    const place = drawIndex([7, 0, 1, 3], 1, 3, random);
    counts[place] = (counts[place] ?? 0) + 1;
  }
  expect(counts[0]).toBe(0);
  // Five deviations of a share of a quarter.
  expect(Math.abs((counts[1] ?? 0) / 20_000 - 0.25)).toBeLessThan(5 * Math.sqrt((0.25 * 0.75) / 20_000));
});

test("of equal largest values the first one is the best", () => {
  expect(bestIndex([9, 1, 3, 3, 2], 1, 4)).toBe(1);
  expect(bestIndex([0, 0], 0, 2)).toBe(0);
});

test("a set that cannot be filled stays smaller", () => {
  let draws = 0;
  const found = drawDistinct(3, Int32Array.of(1), () => {
    draws++;
    return Int32Array.of(draws % 2);
  });
  expect(found).toEqual([Int32Array.of(0)]);
  expect(draws).toBe(1000);
});
