import { expect, test } from "vitest";
import { bundleSize } from "../../scripts/bundle-size.mjs";

/** Bytes, gzipped: kernels 36 kB of it, zod 29 kB, constraints 10 kB, encoders 7 kB, spans 3 kB. */
const budget = 150_000;

test("what a page needs to extract stays within its budget", async () => {
  expect((await bundleSize()).gzipped).toBeLessThan(budget);
});
