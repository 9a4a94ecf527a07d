import { expect, test } from "vitest";
import { bundleSize } from "../../scripts/bundle-size.mjs";

/** Bytes, gzipped. Page and worker together stay below 60 kB. */
const budgets = { page: 3_500, worker: 55_000, kernels: 12_000 };

test("what a page needs to extract stays within its budget", () => {
  const sizes = bundleSize();
  for (const [part, budget] of Object.entries(budgets)) expect(sizes[part as keyof typeof budgets], part).toBeLessThan(budget);
  expect(Object.keys(sizes.others).sort()).toEqual(["decode", "plain", "pretrained-encoder", "tokenizers"]);
});
