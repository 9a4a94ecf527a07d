import type { KernelsOf } from "../contract/descriptor.ts";
import type { windows as contract } from "../contract/windows.ts";
import type { Views } from "./views.ts";

/** Convolutions over the words of a sentence for many pairs of its entities. */
export function windows(views: Views): KernelsOf<typeof contract> {
  const { fround } = Math;
  return {
    diagonalSums({ n, rows, first, clipped, taps, width, x, u }) {
      const { f32 } = views;
      for (let r = 0; r < rows; r++) {
        for (let f = 0; f < width; f++) {
          let sum = 0;
          for (let t = taps - 1; t >= 0; t--) {
            const from = rowOf(r + first + t, n, clipped);
            if (from >= 0) sum = fround(sum + f32[x / 4 + (from * taps + t) * width + f]!);
            f32[u / 4 + (r * taps + t) * width + f] = sum;
          }
        }
      }
    },

    diagonalSumsBackward({ n, rows, first, clipped, taps, width, du, dx }) {
      const { f32 } = views;
      for (let r = 0; r < rows; r++) {
        for (let f = 0; f < width; f++) {
          let sum = 0;
          for (let t = 0; t < taps; t++) {
            sum = fround(sum + f32[du / 4 + (r * taps + t) * width + f]!);
            const to = rowOf(r + first + t, n, clipped);
            if (to >= 0) f32[dx / 4 + (to * taps + t) * width + f]! += sum;
          }
        }
      }
    },

    windowMax({ count, taps, width, windows, words, first, second, rows, bias, rectified, y, arg }) {
      const { f32, i32 } = views;
      for (let k = 0; k < count; k++) {
        const window = i32.subarray(windows / 4 + 6 * k, windows / 4 + 6 * k + 6);
        const [start, end] = [window[0]!, window[1]!];
        for (let f = 0; f < width; f++) {
          let [best, at] = start < end ? [-Infinity, start] : [0, -1];
          for (let p = start; p < end; p++) {
            const place = placeOf(p, taps, window, rows);
            const sum = sumOf(f32, place, taps, width, f, [words, first, second]);
            if (sum > best) [best, at] = [sum, p];
          }
          if (at >= 0) best = fround(best + f32[bias / 4 + f]!);
          f32[y / 4 + k * width + f] = rectified ? Math.max(best, 0) : best;
          i32[arg / 4 + k * width + f] = at;
        }
      }
    },

    windowMaxBackward({ count, taps, width, windows, rows, rectified, y, arg, dy, dWords, dFirst, dSecond, dBias }) {
      const { f32, i32 } = views;
      for (let k = 0; k < count; k++) {
        const window = i32.subarray(windows / 4 + 6 * k, windows / 4 + 6 * k + 6);
        for (let f = 0; f < width; f++) {
          const cell = k * width + f;
          const p = i32[arg / 4 + cell]!;
          if (p < 0 || (rectified && f32[y / 4 + cell]! <= 0)) continue;
          const slope = f32[dy / 4 + cell]!;
          f32[dBias / 4 + f]! += slope;
          spread(f32, placeOf(p, taps, window, rows), taps, width, f, [dWords, dFirst, dSecond], slope);
        }
      }
    },

    windowMean({ count, taps, width, windows, words, first, second, rows, bias, rectified, y }) {
      const { f32, i32 } = views;
      for (let k = 0; k < count; k++) {
        const window = i32.subarray(windows / 4 + 6 * k, windows / 4 + 6 * k + 6);
        const [start, end] = [window[0]!, window[1]!];
        for (let f = 0; f < width; f++) {
          let mean = 0;
          for (let p = start; p < end; p++) {
            const place = placeOf(p, taps, window, rows);
            const sum = sumOf(f32, place, taps, width, f, [words, first, second]) + f32[bias / 4 + f]!;
            mean += (rectified ? Math.max(sum, 0) : sum) / (end - start);
          }
          f32[y / 4 + k * width + f] = mean;
        }
      }
    },

    windowMeanBackward({
      count,
      taps,
      width,
      windows,
      words,
      first,
      second,
      rows,
      bias,
      rectified,
      dy,
      dWords,
      dFirst,
      dSecond,
      dBias,
    }) {
      const { f32, i32 } = views;
      for (let k = 0; k < count; k++) {
        const window = i32.subarray(windows / 4 + 6 * k, windows / 4 + 6 * k + 6);
        const [start, end] = [window[0]!, window[1]!];
        for (let f = 0; f < width; f++) {
          const slope = f32[dy / 4 + k * width + f]! / (end - start);
          for (let p = start; p < end; p++) {
            const place = placeOf(p, taps, window, rows);
            const sum = fround(sumOf(f32, place, taps, width, f, [words, first, second]) + f32[bias / 4 + f]!);
            if (rectified && sum <= 0) continue;
            f32[dBias / 4 + f]! += slope;
            spread(f32, place, taps, width, f, [dWords, dFirst, dSecond], slope);
          }
        }
      }
    },
  };
}

/** A row of the table: the nearest one if clipped, −1 for none. */
function rowOf(row: number, n: number, clipped: number): number {
  if (clipped) return Math.min(Math.max(row, 0), n - 1);
  return row < n ? row : -1;
}

/** The rows of a window in the three tables, and the taps it sees. */
interface Place {
  readonly rows: readonly [number, number, number];
  readonly start: number;
  readonly end: number;
}

function placeOf(p: number, taps: number, window: Int32Array, rows: number): Place {
  const left = (taps - 1) >> 1;
  const relative = (entity: number): number => Math.min(Math.max(p - left - entity + (rows - taps) / 2 + taps - 1, 0), rows - 1);
  return {
    rows: [p, relative(window[4]!), relative(window[5]!)],
    start: Math.max(0, window[2]! - p + left),
    end: Math.min(taps, window[3]! - p + left),
  };
}

type Tables = readonly [number, number, number];

function sumOf(f32: Float32Array, { rows, start, end }: Place, taps: number, width: number, f: number, tables: Tables): number {
  const [a, b, c] = tables.map((table, k) => table / 4 + rows[k]! * taps * width + f) as [number, number, number];
  const at = (t: number): number => Math.fround(Math.fround(f32[a + t * width]! + f32[b + t * width]!) + f32[c + t * width]!);
  return end < taps ? Math.fround(at(start) - at(end)) : at(start);
}

function spread(
  f32: Float32Array,
  { rows, start, end }: Place,
  taps: number,
  width: number,
  f: number,
  tables: Tables,
  slope: number,
): void {
  for (const [k, table] of tables.entries()) {
    const cell = table / 4 + rows[k]! * taps * width + f;
    f32[cell + start * width]! += slope;
    if (end < taps) f32[cell + end * width]! -= slope;
  }
}
