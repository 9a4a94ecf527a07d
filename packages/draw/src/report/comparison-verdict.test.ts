import { expect, test } from "vitest";
import { comparisonVerdict, signed } from "./index.ts";

const level = { confidence: 0.95 };

test("claims a difference only if the interval and both tests agree", () => {
  const clear = { difference: 0.023, interval: [0.004, 0.041] as const, p: { bootstrap: 0.012, randomisation: 0.0001 } };
  expect(comparisonVerdict(clear, level)).toBe(
    "B is better: B − A is +2.3 points, 95 % interval +0.4 to +4.1, p = 0.012 (bootstrap) and 0.0001 (randomisation).",
  );
  expect(comparisonVerdict({ ...clear, difference: -0.023, interval: [-0.041, -0.004] }, level)).toContain("B is worse");
  for (const change of [
    { interval: [-0.001, 0.041] as const },
    { p: { bootstrap: 0.06, randomisation: 0.01 } },
    { p: { bootstrap: 0.01, randomisation: 0.05 } },
  ]) {
    expect(comparisonVerdict({ ...clear, ...change }, level)).toContain("no difference can be claimed");
  }
});

test("a difference that rounds to nothing has no sign", () => {
  expect([0.0004, -0.0004, 0.05, -0.05].map(signed)).toEqual(["0.0", "0.0", "+5.0", "−5.0"]);
});
