import { expect, test } from "vitest";
import { pauseBefore } from "./retry-policy.ts";

test("waits as long as a busy server asks, and otherwise doubles the pause each time", () => {
  expect([0, 1, 2, 3, 4].map((attempt) => pauseBefore(attempt, { status: 503, retryMs: undefined }))).toEqual([
    500,
    1000,
    2000,
    4000,
    undefined,
  ]);
  expect(pauseBefore(0, { status: 429, retryMs: 7000 })).toBe(7000);
  expect(pauseBefore(0, { status: 429, retryMs: 7000 }, { maxMs: 5000 })).toBeUndefined();
  expect(pauseBefore(9, { status: 503, retryMs: undefined }, { max: 20, maxMs: 3000 })).toBe(3000);
});

test.each([0, 400, 401, 404, 413, 500, 504])("status %i is not retried", (status) => {
  expect(pauseBefore(0, { status, retryMs: 1000 })).toBeUndefined();
});
