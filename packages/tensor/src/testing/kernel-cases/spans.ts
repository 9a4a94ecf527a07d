import type { spans as contract } from "../../kernels/contract/spans.ts";
import { padded } from "../../tensor/matrix.ts";
import { integersBelow, normals, paddedRows } from "../draws.ts";
import type { CasesOf } from "../kernel-call.ts";

/** Rows picked, rows there are, columns. */
const picks = [0, 1, 7].flatMap((m) => [1, 5].flatMap((rows) => [1, 3, 4, 6, 25].map((n) => [m, rows, n] as const)));
const shapes = [1, 2, 3, 4].flatMap((taps) => [1, 4, 25].map((columns) => [taps, columns] as const));

/** Empty ones, ones shorter than a window, all rows. */
const someSpans = Int32Array.of(0, 0, 0, 1, 2, 2, 1, 3, 3, 6, 0, 8, 7, 8, 2, 7);
const spanLists = [new Int32Array(0), someSpans];

export const spanCases: CasesOf<typeof contract> = {
  *gatherAdd(random) {
    for (const [m, rows, n] of picks) {
      const index = integersBelow(random, m, rows + 1).map((row) => row - 1);
      const [xStride, yStride] = [padded(n) + 4, padded(n)];
      yield { given: { m, n, factor: -0.6, index, x: normals(random, rows * xStride), xStride, yStride } };
    }
  },

  *scatterAdd(random) {
    for (const [m, rows, n] of picks) {
      const index = integersBelow(random, m, rows + 1).map((row) => row - 1);
      const [xStride, yStride] = [padded(n) + 4, padded(n)];
      yield { given: { m, n, factor: 1.7, index, xStride, y: normals(random, rows * yStride), yStride } };
    }
  },

  *spanMax(random) {
    for (const [taps, columns] of shapes) {
      for (const spans of spanLists) {
        const x = paddedRows(8 * taps, columns, (n) => normals(random, n));
        const bias = paddedRows(1, columns, (n) => normals(random, n));
        yield { given: { count: spans.length / 2, taps, width: padded(columns), spans, x, bias } };
      }
    }
  },

  *spanMaxBackward(random) {
    for (const [taps, columns] of shapes) {
      const width = padded(columns);
      for (const spans of spanLists) {
        const count = spans.length / 2;
        const y = paddedRows(count, columns, (n) => normals(random, n).map((value) => Math.max(value, 0)));
        const arg = Int32Array.from({ length: count * width }, (_, cell) => {
          const k = Math.floor(cell / width);
          const [start, end] = [spans[2 * k] ?? 0, spans[2 * k + 1] ?? 0];
          return start - taps + 1 + random.integer(Math.max(1, end - start + taps - 1));
        });
        const dy = paddedRows(count, columns, (n) => normals(random, n));
        const dx = normals(random, 8 * taps * width);
        yield { given: { count, taps, width, spans, y, arg, dy, dx } };
      }
    }
  },
};
