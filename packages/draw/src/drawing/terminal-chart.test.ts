import fc from "fast-check";
import { expect, test } from "vitest";
import { terminalChart } from "./terminal-chart.ts";

test("a falling line falls", () => {
  const points = Array.from({ length: 9 }, (_, x) => [x, 8 - x] as const);
  const [upper = "", lower = "", axis] = terminalChart({ points, width: 11, height: 2, label: (value) => `${value}` }).split(
    "\n",
  );
  expect(upper).toMatch(/^8 [⠁-⣿]+$/u);
  expect(lower).toMatch(/^0 {3,}[⠁-⣿]+$/u);
  expect(upper.length).toBeLessThan(lower.length);
  expect(axis).toBe("  0       8");
});

test("one point is a point, and none is nothing", () => {
  expect(terminalChart({ points: [], width: 20, height: 3 })).toBe("");
  expect(terminalChart({ points: [[1, Number.NaN]], width: 20, height: 3 })).toBe("");
  const [, middle, , axis] = terminalChart({ points: [[3, 0.5]], width: 20, height: 3 }).split("\n");
  expect(middle).toMatch(/^ {6}[⠁-⣿]$/u);
  expect(axis).toBe("      3");
});

test("any points fit any size", () => {
  const number = fc.double({ noDefaultInfinity: true, min: -1e9, max: 1e9 });
  const points = fc.array(fc.tuple(fc.nat(1000), number), { maxLength: 60 });
  fc.assert(
    fc.property(points, fc.integer({ min: 1, max: 90 }), fc.integer({ min: 1, max: 9 }), (points, width, height) => {
      const chart = terminalChart({ points: points.toSorted(([a], [b]) => a - b), width, height });
      const drawn = points.some(([, y]) => Number.isFinite(y));
      expect(/[⠁-⣿]/u.test(chart)).toBe(drawn);
      expect(chart === "" ? 0 : chart.split("\n").length).toBe(drawn ? height + 1 : 0);
    }),
  );
});
