import type { windows as contract } from "../../kernels/contract/windows.ts";
import { padded } from "../../tensor/matrix.ts";
import type { Random } from "../../tensor/random.ts";
import { normals, paddedRows } from "../draws.ts";
import type { CasesOf } from "../kernel-call.ts";

const shapes = [1, 2, 3, 4, 10].flatMap((taps) => [1, 4, 6].map((columns) => [taps, columns] as const));
const words = 9;
const offsets = 7;

/**
 * Pooled rows, seen rows, both entities: a whole sentence, its middle, one word, nothing to pool,
 * entities far away.
 */
const windows = Int32Array.from(
  [
    [0, 5, 0, 5, 1, 3],
    [1, 3, 0, 5, 0, 4],
    [5, 6, 5, 6, 5, 5],
    [6, 9, 6, 9, 8, 6],
    [7, 7, 6, 9, 6, 8],
    [2, 4, 2, 4, 3, 2],
    [0, 1, 0, 9, 8, 0],
    [0, 9, 0, 9, 0, 8],
  ].flat(),
);
const count = windows.length / 6;

/** Rows of the table that diagonalSums makes of all offsets. */
const rowsOf = (taps: number): number => offsets + taps - 1;

export const windowCases: CasesOf<typeof contract> = {
  *diagonalSums(random) {
    for (const [taps, columns] of shapes) {
      const width = padded(columns);
      for (const n of [1, 2, offsets]) {
        const x = paddedRows(n * taps, columns, (some) => normals(random, some));
        yield { given: { n, rows: n, first: -((taps - 1) >> 1), clipped: 0, taps, width, x } };
        yield { given: { n, rows: n + taps - 1, first: 1 - taps, clipped: 1, taps, width, x } };
      }
      yield { given: { n: 0, rows: 0, first: 0, clipped: 0, taps, width } };
    }
  },

  *diagonalSumsBackward(random) {
    const tolerance = { relative: 2e-6, absolute: 4e-6 };
    for (const [taps, columns] of shapes) {
      const width = padded(columns);
      for (const n of [1, 2, offsets]) {
        for (const { rows, first, clipped } of [
          { rows: n, first: -((taps - 1) >> 1), clipped: 0 },
          { rows: n + taps - 1, first: 1 - taps, clipped: 1 },
        ]) {
          const du = paddedRows(rows * taps, columns, (some) => normals(random, some));
          const dx = paddedRows(n * taps, columns, (some) => normals(random, some));
          yield { given: { n, rows, first, clipped, taps, width, du, dx }, tolerance };
        }
      }
    }
  },

  *windowMax(random) {
    for (const [taps, columns] of shapes) {
      for (const rectified of [0, 1]) {
        yield { given: { ...sizes(taps, columns), rectified, ...tables(random, taps, columns) } };
      }
    }
  },

  *windowMaxBackward(random) {
    for (const [taps, columns] of shapes) {
      for (const rectified of [0, 1]) {
        const y = paddedRows(count, columns, (some) => normals(random, some));
        const arg = Int32Array.from({ length: count * padded(columns) }, (_, cell) => {
          const [start = 0, end = 0] = windows.subarray(6 * Math.floor(cell / padded(columns)));
          return start < end ? start + random.integer(end - start) : -1;
        });
        const dy = paddedRows(count, columns, (some) => normals(random, some));
        yield { given: { ...sizes(taps, columns), rectified, y, arg, dy, ...gradients(random, taps, columns) } };
      }
    }
  },

  *windowMean(random) {
    for (const [taps, columns] of shapes) {
      for (const rectified of [0, 1]) {
        yield { given: { ...sizes(taps, columns), rectified, ...tables(random, taps, columns) } };
      }
    }
  },

  *windowMeanBackward(random) {
    const tolerance = { relative: 2e-6, absolute: 4e-6 };
    for (const [taps, columns] of shapes) {
      for (const rectified of [0, 1]) {
        const dy = paddedRows(count, columns, (some) => normals(random, some));
        const all = { ...tables(random, taps, columns), ...gradients(random, taps, columns) };
        yield { given: { ...sizes(taps, columns), rectified, dy, ...all }, tolerance };
      }
    }
  },
};

function sizes(taps: number, columns: number) {
  return { count, taps, width: padded(columns), windows, rows: rowsOf(taps) };
}

function tables(random: Random, taps: number, columns: number) {
  const draw = (rows: number): Float32Array => paddedRows(rows, columns, (some) => normals(random, some));
  const places = rowsOf(taps) * taps;
  return { words: draw(words * taps), first: draw(places), second: draw(places), bias: draw(1) };
}

function gradients(random: Random, taps: number, columns: number) {
  const { words: dWords, first: dFirst, second: dSecond, bias: dBias } = tables(random, taps, columns);
  return { dWords, dFirst, dSecond, dBias };
}
