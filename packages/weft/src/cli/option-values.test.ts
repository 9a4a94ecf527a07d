import { expect, test } from "vitest";
import { duration } from "./option-values.ts";

test.each([
  ["90s", 90_000],
  ["30m", 1_800_000],
  ["2h", 7_200_000],
  ["1h30m", 5_400_000],
])("%s is a time", (text, expected) => {
  expect(duration(text)).toBe(expected);
});

test.each(["", "30", "m", "0m", "1.5h", "30 m", "m30", "-5m", "9999999h", "1d"])("%j is no time", (text) => {
  expect(() => duration(text)).toThrow("expected a time such as 90s, 30m, 2h or 1h30m");
});
