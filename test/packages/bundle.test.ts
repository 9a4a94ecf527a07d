import { expect, test } from "vitest";
import { bundleSize } from "../../scripts/bundle-size.mjs";

/** Bytes, gzipped: kernels about 36 kB of it, zod 29 kB, constraints 10 kB, and encoders 7 kB. */
const budget = 145_000;

test("what a page needs to extract stays within its budget", async () => {
  expect((await bundleSize()).gzipped).toBeLessThan(budget);
});
