import { expect, test } from "vitest";
import { settledRange } from "./settled-range.ts";

test("the axis does not spend decades on the first steps", () => {
  const falling = Array.from({ length: 101 }, (_, step) => [step / 10, step === 0 ? 2000 : 10 / step] as const);
  expect(settledRange([falling])).toEqual([0.1, 2]);
  expect(settledRange([falling, [[0, 7] as const, [10, 6] as const]])).toEqual([0.1, 7]);
  expect(settledRange([[[0, 5]]])).toEqual([5, 5]);
  expect(settledRange([[], []])).toEqual([0, 1]);
});
