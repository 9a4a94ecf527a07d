import type { KernelsOf } from "../contract/descriptor.ts";
import type { spans as contract } from "../contract/spans.ts";
import type { Views } from "./views.ts";

/** Rows picked by index, and convolutions over spans of rows. */
export function spans(views: Views): KernelsOf<typeof contract> {
  return {
    gatherAdd({ m, n, factor, index, x, xStride, y, yStride }) {
      const { f32, i32 } = views;
      for (let i = 0; i < m; i++) {
        const row = i32[index / 4 + i]!;
        for (let j = 0; j < n && row >= 0; j++)
          f32[y / 4 + i * yStride + j]! += Math.fround(factor) * f32[x / 4 + row * xStride + j]!;
      }
    },

    scatterAdd({ m, n, factor, index, x, xStride, y, yStride }) {
      const { f32, i32 } = views;
      for (let i = 0; i < m; i++) {
        const row = i32[index / 4 + i]!;
        for (let j = 0; j < n && row >= 0; j++)
          f32[y / 4 + row * yStride + j]! += Math.fround(factor) * f32[x / 4 + i * xStride + j]!;
      }
    },

    spanMax({ count, taps, width, spans, x, bias, y, arg }) {
      const { f32, i32 } = views;
      for (let k = 0; k < count; k++) {
        const [start, end] = [i32[spans / 4 + 2 * k]!, i32[spans / 4 + 2 * k + 1]!];
        for (let f = 0; f < width; f++) {
          let best = start < end ? -Infinity : 0;
          let at = start;
          for (let p = start - taps + 1; p < end; p++) {
            let sum = 0;
            for (let t = 0; t < taps; t++) {
              if (p + t >= start && p + t < end) sum = Math.fround(sum + f32[x / 4 + ((p + t) * taps + t) * width + f]!);
            }
            if (sum > best) [best, at] = [sum, p];
          }
          f32[y / 4 + k * width + f] = Math.max(best + f32[bias / 4 + f]!, 0);
          i32[arg / 4 + k * width + f] = at;
        }
      }
    },

    spanMaxBackward({ count, taps, width, spans, y, arg, dy, dx, dBias }) {
      const { f32, i32 } = views;
      for (let k = 0; k < count; k++) {
        const [start, end] = [i32[spans / 4 + 2 * k]!, i32[spans / 4 + 2 * k + 1]!];
        for (let f = 0; f < width; f++) {
          const cell = k * width + f;
          if (f32[y / 4 + cell]! <= 0) continue;
          const slope = f32[dy / 4 + cell]!;
          f32[dBias / 4 + f]! += slope;
          for (let t = 0; t < taps; t++) {
            const row = i32[arg / 4 + cell]! + t;
            if (row >= start && row < end) f32[dx / 4 + (row * taps + t) * width + f]! += slope;
          }
        }
      }
    },
  };
}
