import { padded } from "../../tensor/matrix.ts";
import type { Random } from "../../tensor/random.ts";
import { integersBelow, normals, paddedRows } from "../draws.ts";
import { KernelCall } from "../kernel-call.ts";

/** Rows picked, rows there are, columns. */
const picks = [0, 1, 7].flatMap((m) => [1, 5].flatMap((rows) => [1, 3, 4, 6, 25].map((n) => [m, rows, n] as const)));
const shapes = [1, 2, 3, 4].flatMap((taps) => [1, 4, 25].map((columns) => [taps, columns] as const));

/** Empty ones, ones shorter than a window, all rows. */
const spans = Int32Array.of(0, 0, 0, 1, 2, 2, 1, 3, 3, 6, 0, 8, 7, 8, 2, 7);

export const spanCases = {
  *gatherAdd(random: Random) {
    for (const [m, rows, n] of picks) {
      const index = integersBelow(random, m, rows + 1).map((row) => row - 1);
      const strides = [padded(n) + 4, padded(n)] as const;
      yield new KernelCall((k) => [
        ...[m, n, -0.6, k.input(index), k.input(normals(random, rows * strides[0])), strides[0]],
        ...[k.inOut(normals(random, m * strides[1]), { written: (cell) => cell % strides[1] < n }), strides[1]],
      ]);
    }
  },

  *scatterAdd(random: Random) {
    for (const [m, rows, n] of picks) {
      const index = integersBelow(random, m, rows + 1).map((row) => row - 1);
      const strides = [padded(n) + 4, padded(n)] as const;
      yield new KernelCall((k) => [
        ...[m, n, 1.7, k.input(index), k.input(normals(random, m * strides[0])), strides[0]],
        ...[k.inOut(normals(random, rows * strides[1]), { written: (cell) => cell % strides[1] < n }), strides[1]],
      ]);
    }
  },

  *spanMax(random: Random) {
    for (const [taps, columns] of shapes) {
      const width = padded(columns);
      for (const count of [0, spans.length / 2]) {
        const x = paddedRows(8 * taps, columns, (n) => normals(random, n));
        const bias = paddedRows(1, columns, (n) => normals(random, n));
        yield new KernelCall((k) => [
          ...[count, taps, width, k.input(spans), k.input(x), k.input(bias)],
          ...[k.output(count * width), k.integers(count * width)],
        ]);
      }
    }
  },

  *spanMaxBackward(random: Random) {
    for (const [taps, columns] of shapes) {
      const width = padded(columns);
      for (const count of [0, spans.length / 2]) {
        const y = paddedRows(count, columns, (n) => normals(random, n).map((value) => Math.max(value, 0)));
        const arg = Int32Array.from({ length: count * width }, (_, cell) => {
          const k = Math.floor(cell / width);
          const [start, end] = [spans[2 * k] ?? 0, spans[2 * k + 1] ?? 0];
          return start - taps + 1 + random.integer(Math.max(1, end - start + taps - 1));
        });
        const dy = paddedRows(count, columns, (n) => normals(random, n));
        yield new KernelCall((k) => [
          ...[count, taps, width, k.input(spans), k.input(y), k.input(arg), k.input(dy)],
          ...[k.inOut(normals(random, 8 * taps * width)), k.inOut(normals(random, width))],
        ]);
      }
    }
  },
};
