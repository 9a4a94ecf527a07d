import { padded } from "../../tensor/matrix.ts";
import type { Random } from "../../tensor/random.ts";
import { integersBelow, normals, paddedRows } from "../draws.ts";
import { KernelCall } from "../kernel-call.ts";

const shapes = [1, 2, 3, 4, 10].flatMap((taps) => [1, 4, 6].map((columns) => [taps, columns] as const));
const words = 9;
const offsets = 7;

/** Pooled rows, seen rows, both entities: a whole sentence, its middle, one word, nothing to pool, entities far away. */
const windows = [
  [0, 5, 0, 5, 1, 3],
  [1, 3, 0, 5, 0, 4],
  [5, 6, 5, 6, 5, 5],
  [6, 9, 6, 9, 8, 6],
  [7, 7, 6, 9, 6, 8],
  [2, 4, 2, 4, 3, 2],
  [0, 1, 0, 9, 8, 0],
  [0, 9, 0, 9, 0, 8],
].flat();
const count = windows.length / 6;

/** Rows of the table that diagonalSums makes of all offsets. */
const rowsOf = (taps: number): number => offsets + taps - 1;

export const windowCases = {
  *diagonalSums(random: Random) {
    for (const [taps, columns] of shapes) {
      const width = padded(columns);
      for (const n of [1, 2, offsets]) {
        const x = paddedRows(n * taps, columns, (some) => normals(random, some));
        const left = (taps - 1) >> 1;
        yield new KernelCall((k) => [n, n, -left, 0, taps, width, k.input(x), k.output(n * taps * width)]);
        const rows = n + taps - 1;
        yield new KernelCall((k) => [n, rows, 1 - taps, 1, taps, width, k.input(x), k.output(rows * taps * width)]);
      }
      yield new KernelCall((k) => [0, 0, 0, 0, taps, width, k.input(normals(random, 4)), k.output(4, { written: () => false })]);
    }
  },

  *diagonalSumsBackward(random: Random) {
    for (const [taps, columns] of shapes) {
      const width = padded(columns);
      for (const n of [1, 2, offsets]) {
        for (const [rows, first, clipped] of [
          [n, -((taps - 1) >> 1), 0],
          [n + taps - 1, 1 - taps, 1],
        ] as const) {
          const du = paddedRows(rows * taps, columns, (some) => normals(random, some));
          const before = paddedRows(n * taps, columns, (some) => normals(random, some));
          const tolerance = { relative: 2e-6, absolute: 4e-6 };
          yield new KernelCall((k) => [n, rows, first, clipped, taps, width, k.input(du), k.inOut(before)], tolerance);
        }
      }
    }
  },

  *windowMax(random: Random) {
    for (const [taps, columns] of shapes) {
      for (const rectified of [0, 1]) {
        const { width, all, bias } = tables(random, taps, columns);
        yield new KernelCall((k) => [
          ...[count, taps, width, k.input(Int32Array.from(windows)), ...all.map((table) => k.input(table)), rowsOf(taps)],
          ...[k.input(bias), rectified, k.output(count * width), k.integers(count * width)],
        ]);
      }
    }
  },

  *windowMaxBackward(random: Random) {
    for (const [taps, columns] of shapes) {
      for (const rectified of [0, 1]) {
        const { width, all, bias } = tables(random, taps, columns);
        const y = paddedRows(count, columns, (some) => normals(random, some));
        const arg = Int32Array.from({ length: count * width }, (_, cell) => {
          const [start = 0, end = 0] = windows.slice(6 * Math.floor(cell / width));
          return start < end ? start + random.integer(end - start) : -1;
        });
        const dy = paddedRows(count, columns, (some) => normals(random, some));
        yield new KernelCall((k) => [
          ...[count, taps, width, k.input(Int32Array.from(windows)), rowsOf(taps), rectified, k.input(y), k.input(arg)],
          ...[k.input(dy), ...all.map((table) => k.inOut(table)), k.inOut(bias)],
        ]);
      }
    }
  },

  *windowMean(random: Random) {
    for (const [taps, columns] of shapes) {
      for (const rectified of [0, 1]) {
        const { width, all, bias } = tables(random, taps, columns);
        yield new KernelCall((k) => [
          ...[count, taps, width, k.input(Int32Array.from(windows)), ...all.map((table) => k.input(table)), rowsOf(taps)],
          ...[k.input(bias), rectified, k.output(count * width)],
        ]);
      }
    }
  },

  *windowMeanBackward(random: Random) {
    for (const [taps, columns] of shapes) {
      for (const rectified of [0, 1]) {
        const { width, all, bias } = tables(random, taps, columns);
        const dy = paddedRows(count, columns, (some) => normals(random, some));
        const gradients = tables(random, taps, columns);
        const tolerance = { relative: 2e-6, absolute: 4e-6 };
        yield new KernelCall(
          (k) => [
            ...[count, taps, width, k.input(Int32Array.from(windows)), ...all.map((table) => k.input(table)), rowsOf(taps)],
            ...[k.input(bias), rectified, k.input(dy), ...gradients.all.map((table) => k.inOut(table)), k.inOut(gradients.bias)],
          ],
          tolerance,
        );
      }
    }
  },

  *rankingLoss(random: Random) {
    for (const classes of [1, 2, 3, 4, 9]) {
      for (const rows of [0, 1, 7]) {
        const stride = padded(classes + 1);
        for (const deviation of [1, 30]) {
          const x = paddedRows(rows, classes, (some) => normals(random, some, deviation));
          const gold = integersBelow(random, rows, classes + 1).map((right) => right - 1);
          const scores = new Float32Array(rows * stride);
          for (let i = 0; i < rows; i++) scores.set(x.subarray(i * padded(classes), i * padded(classes) + classes), i * stride);
          const before = paddedRows(rows, classes + 1, (some) => normals(random, some));
          const margins = [2.5, 0.5, 2] as const;
          yield new KernelCall((k) => [
            ...[rows, classes, stride, k.input(scores), k.input(gold), ...margins, 0.7, k.inOut(before)],
          ]);
          yield new KernelCall((k) => [rows, classes, stride, k.input(scores), k.input(gold), ...margins, 0.7, 0]);
        }
      }
    }
  },
};

function tables(random: Random, taps: number, columns: number): { width: number; all: Float32Array[]; bias: Float32Array } {
  const draw = (rows: number): Float32Array => paddedRows(rows, columns, (some) => normals(random, some));
  const all = [draw(words * taps), draw(rowsOf(taps) * taps), draw(rowsOf(taps) * taps)];
  return { width: padded(columns), all, bias: draw(1) };
}
