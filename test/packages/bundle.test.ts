import { expect, test } from "vitest";
import { bundleSize } from "../../scripts/bundle-size.mjs";

/** Bytes, gzipped. Of the worker, zod is 30 kB, models and heads 30 kB, constraints 8 kB. */
const budgets = { page: 4_000, worker: 106_000, kernels: 12_500 };

test("what a page needs to extract stays within its budget", () => {
  const sizes = bundleSize();
  for (const [part, budget] of Object.entries(budgets)) expect(sizes[part as keyof typeof sizes], part).toBeLessThan(budget);
});
