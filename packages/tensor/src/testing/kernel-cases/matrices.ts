import type { Random } from "../../tensor/random.ts";
import { integersBelow, normals } from "../draws.ts";
import { KernelCall } from "../kernel-call.ts";

const rowCounts = [0, 1, 3, 4, 6];
const widths = [4, 8, 12, 20];
const anyWidths = [0, 1, 3, 4, 7, 9];

export const matrixCases = {
  *fillRows(random: Random) {
    for (const m of rowCounts) {
      for (const n of anyWidths) {
        const stride = n + random.integer(4);
        const written = insideRows(n, stride);
        yield new KernelCall((k) => [m, n, k.input(normals(random, n)), k.output(m * stride, { written }), stride]);
      }
    }
  },

  *sumRows(random: Random) {
    for (const m of rowCounts) {
      for (const n of widths) {
        const stride = n + 4 * random.integer(3);
        yield new KernelCall((k) => [m, n, k.input(rows(random, m, n, stride)), stride, k.inOut(normals(random, n))]);
      }
    }
  },

  *gatherRows(random: Random) {
    for (const m of rowCounts) {
      for (const n of anyWidths) {
        const [xStride, yStride] = [n + random.integer(4), n + random.integer(4)];
        const written = insideRows(n, yStride);
        yield new KernelCall((k) => [
          m,
          n,
          k.input(integersBelow(random, m, 5)),
          k.input(rows(random, 5, n, xStride)),
          xStride,
          k.output(m * yStride, { written }),
          yStride,
        ]);
      }
    }
  },

  *scatterRows(random: Random) {
    for (const m of [...rowCounts, 20]) {
      for (const n of anyWidths) {
        const [xStride, yStride] = [n + random.integer(4), n + random.integer(4)];
        const index = integersBelow(random, m, 5);
        const inside = insideRows(n, yStride);
        const written = (cell: number) => inside(cell) && index.includes(Math.floor(cell / yStride));
        yield new KernelCall((k) => [
          m,
          n,
          k.input(index),
          k.input(rows(random, m, n, xStride)),
          xStride,
          k.inOut(rows(random, 5, n, yStride), { written }),
          yStride,
        ]);
      }
    }
  },

  *transpose(random: Random) {
    for (const m of rowCounts) {
      for (const n of anyWidths) {
        const [xStride, yStride] = [n + random.integer(4), m + random.integer(4)];
        const written = insideRows(m, yStride);
        yield new KernelCall((k) => [
          m,
          n,
          k.input(rows(random, m, n, xStride)),
          xStride,
          k.output(n * yStride, { written }),
          yStride,
        ]);
      }
    }
  },

  *transposeAdd(random: Random) {
    for (const m of rowCounts) {
      for (const n of anyWidths) {
        const [xStride, yStride] = [n + random.integer(4), m + random.integer(4)];
        const written = insideRows(m, yStride);
        yield new KernelCall((k) => [
          m,
          n,
          k.input(rows(random, m, n, xStride)),
          xStride,
          k.inOut(rows(random, n, m, yStride), { written }),
          yStride,
        ]);
      }
    }
  },

  *gemm(random: Random) {
    for (const { m, n, k, strides } of products(random)) {
      const [aStride, bStride, cStride] = [k + strides[0], n + strides[1], n + strides[2]];
      yield* bothWays(random, m, n, cStride, (accumulate, c) => (call) => [
        ...[m, n, k, call.input(rows(random, m, k, aStride)), aStride, call.input(rows(random, k, n, bStride)), bStride],
        ...[c(call), cStride, accumulate],
      ]);
    }
    // Rows that overlap: a convolution of three positions, four features each, without a copy.
    const input = normals(random, 4 * 9);
    yield new KernelCall((call) => [7, 8, 12, call.input(input), 4, call.input(normals(random, 96)), 8, call.output(56), 8, 0]);
  },

  *gemmTransposed(random: Random) {
    for (const { m, n, k, strides } of products(random)) {
      const [aStride, bStride, cStride] = [m + strides[0], n + strides[1], n + strides[2]];
      yield* bothWays(random, m, n, cStride, (accumulate, c) => (call) => [
        ...[m, n, k, call.input(rows(random, k, m, aStride)), aStride, call.input(rows(random, k, n, bStride)), bStride],
        ...[c(call), cStride, accumulate],
      ]);
    }
  },
};

/** Sizes around the edges of the tiles: 4 rows by 8 columns, two steps along k at a time. */
function* products(random: Random) {
  for (const m of [0, 1, 3, 4, 5, 9]) {
    for (const n of [0, 4, 8, 12, 20]) {
      for (const k of [0, 1, 2, 5, 67]) {
        yield { m, n, k, strides: [random.integer(3), 4 * random.integer(2), 4 * random.integer(2)] as const };
      }
    }
  }
}

type Lay = (call: KernelCall) => number[];

function* bothWays(
  random: Random,
  m: number,
  n: number,
  cStride: number,
  lay: (accumulate: number, c: (call: KernelCall) => number) => Lay,
): Generator<KernelCall> {
  const written = insideRows(n, cStride);
  const tolerance = { relative: 2e-6, absolute: 1e-5 };
  yield new KernelCall(
    lay(0, (call) => call.output(m * cStride, { written })),
    tolerance,
  );
  const before = rows(random, m, n, cStride);
  yield new KernelCall(
    lay(1, (call) => call.inOut(before, { written })),
    tolerance,
  );
}

function insideRows(n: number, stride: number): (cell: number) => boolean {
  return (cell) => cell % stride < n;
}

/** Rows `stride` apart with NaN between them, so that a read past a row spoils the result. */
function rows(random: Random, m: number, n: number, stride: number): Float32Array {
  const values = new Float32Array(m * stride).fill(Number.NaN);
  for (let i = 0; i < m; i++) values.set(normals(random, n), i * stride);
  return values;
}
