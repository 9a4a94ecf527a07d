import type { matrices } from "../../kernels/contract/matrices.ts";
import type { Random } from "../../tensor/random.ts";
import { integersBelow, normals, spacedRows } from "../draws.ts";
import type { CasesOf } from "../kernel-call.ts";

const rowCounts = [0, 1, 3, 4, 6];
const widths = [4, 8, 12, 20];
const anyWidths = [0, 1, 3, 4, 7, 9];

export const matrixCases: CasesOf<typeof matrices> = {
  *fillRows(random) {
    for (const m of rowCounts) for (const n of anyWidths) yield { given: { m, n, yStride: n + random.integer(4) } };
  },

  *sumRows(random) {
    for (const m of rowCounts) for (const n of widths) yield { given: { m, n, xStride: n + 4 * random.integer(3) } };
  },

  *gatherRows(random) {
    for (const m of rowCounts) {
      for (const n of anyWidths) {
        const [xStride, yStride] = [n + random.integer(4), n + random.integer(4)];
        const x = spacedRows(random, 5, n, xStride);
        yield { given: { m, n, index: integersBelow(random, m, 5), x, xStride, yStride } };
      }
    }
  },

  *scatterRows(random) {
    for (const m of [...rowCounts, 20]) {
      for (const n of anyWidths) {
        const [xStride, yStride] = [n + random.integer(4), n + random.integer(4)];
        const y = spacedRows(random, 5, n, yStride);
        yield { given: { m, n, index: integersBelow(random, m, 5), xStride, y, yStride } };
      }
    }
  },

  *transpose(random) {
    yield* turns(random);
  },

  *transposeAdd(random) {
    yield* turns(random);
  },

  *gemm(random) {
    for (const { more, ...sizes } of products(random)) {
      const strides = { aStride: sizes.k + more.a, bStride: sizes.n + more.b, cStride: sizes.n + more.c };
      for (const accumulate of [0, 1]) yield { given: { ...sizes, ...strides, accumulate }, tolerance };
    }
    // Rows that overlap: a convolution of three positions, four features each, without a copy.
    const a = normals(random, 4 * 9);
    yield { given: { m: 7, n: 8, k: 12, a, aStride: 4, bStride: 8, cStride: 8, accumulate: 0 } };
  },

  *affine(random) {
    for (const { more, ...sizes } of products(random)) {
      const strides = { aStride: sizes.k + more.a, bStride: sizes.n + more.b, yStride: sizes.n + more.c };
      yield { given: { ...sizes, ...strides }, tolerance };
    }
  },

  *gemmTransposed(random) {
    for (const { more, ...sizes } of products(random)) {
      const strides = { aStride: sizes.m + more.a, bStride: sizes.n + more.b, cStride: sizes.n + more.c };
      for (const accumulate of [0, 1]) yield { given: { ...sizes, ...strides, accumulate }, tolerance };
    }
  },
};

const tolerance = { relative: 2e-6, absolute: 1e-5 };

/** Sizes below and around the squares of one vector by as many rows. */
function* turns(random: Random) {
  const small = rowCounts.flatMap((m) => anyWidths.map((n) => [m, n] as const));
  const large = [8, 16, 19, 33].flatMap((m) => [8, 16, 21, 32].map((n) => [m, n] as const));
  for (const [m, n] of [...small, ...large]) {
    yield { given: { m, n, xStride: n + random.integer(4), yStride: m + random.integer(4) } };
  }
}

/**
 * Sizes around the edges of the tiles, which hold up to 4 rows by 8 columns, 2 by 16 or 1 by 32,
 * and those of wider vectors.
 */
function* products(random: Random) {
  const some = [0, 1, 2, 3, 4, 5, 9].flatMap((m) => [0, 4, 8, 12, 20].map((n) => [m, n] as const));
  const wide = [1, 2, 3, 7].flatMap((m) => [16, 24, 28, 32, 36, 84].map((n) => [m, n] as const));
  const large = [15, 33, 50].flatMap((m) => [8, 52, 100].map((n) => [m, n] as const));
  for (const [m, n] of [...some, ...wide, ...large]) {
    for (const k of [0, 1, 2, 5, 67]) {
      yield { m, n, k, more: { a: random.integer(3), b: 4 * random.integer(2), c: 4 * random.integer(2) } };
    }
  }
  // Rows of B far apart, of which a provider may copy some columns at a time.
  for (const n of [4, 100, 196]) yield { m: 70, n, k: 9, more: { a: 1, b: 800, c: 4 } };
  // Rows of A far apart too, as in the gradient of a wide weight.
  for (const m of [8, 37]) yield { m, n: 240, k: 9, more: { a: 800, b: 4, c: 4 } };
}
