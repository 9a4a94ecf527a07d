import type { KernelsOf } from "../contract/descriptor.ts";
import type { pairs as contract } from "../contract/pairs.ts";
import type { Address } from "../kernels.ts";
import { logistic, type Views } from "./views.ts";

/**
 * Scores of word pairs, cell by cell: s_r(i, j) = w_r · relu(a_i + b_j) + bias_r. The twins do not
 * use the scratch.
 */
export function pairs(views: Views): KernelsOf<typeof contract> {
  return {
    pairMax({ m, n, width, columns, stride, diagonal, own, a, b, w, bias, y, arg }) {
      const { f32, i32 } = views;
      for (let i = 0; i < m; i++) {
        const word = own === 0 ? i : i32[own / 4 + i]!;
        for (let r = 0; r < stride; r++) {
          let best = -Infinity;
          let at = -1;
          for (let j = 0; j < n; j++) {
            if (j === word && !diagonal) continue;
            const score = product(f32, width, stride, a, b, w, i, j, r);
            if (score > best) {
              best = score;
              at = j;
            }
          }
          const exists = r < columns && at >= 0;
          f32[y / 4 + i * stride + r] = exists ? logistic(best + f32[bias / 4 + r]!) : 0;
          if (arg !== 0) i32[arg / 4 + i * stride + r] = at;
        }
      }
    },

    pairMaxBackward({ n, width, columns, stride, a, b, wt, y, arg, dy, dA, dB, dWt, dBias }) {
      const { f32, i32 } = views;
      for (let i = 0; i < n; i++) {
        for (let r = 0; r < columns; r++) {
          const j = i32[arg / 4 + i * stride + r]!;
          if (j < 0) continue;
          const p = f32[y / 4 + i * stride + r]!;
          const slope = f32[dy / 4 + i * stride + r]! * p * (1 - p);
          f32[dBias / 4 + r]! += slope;
          for (let d = 0; d < width; d++) {
            const m = f32[a / 4 + i * width + d]! + f32[b / 4 + j * width + d]!;
            if (!(m > 0)) continue;
            const passed = slope * f32[wt / 4 + r * width + d]!;
            f32[dWt / 4 + r * width + d]! += slope * m;
            f32[dA / 4 + i * width + d]! += passed;
            f32[dB / 4 + j * width + d]! += passed;
          }
        }
      }
    },

    pairLoss({ n, width, columns, stride, diagonal, a, b, w, bias, gold, count, weight, wt, dA, dB, dW, dBias }) {
      const { f32, i32 } = views;
      const right = new Set<number>();
      for (let g = 0; g < count; g++) {
        const triple = gold / 4 + 3 * g;
        right.add((i32[triple]! * n + i32[triple + 1]!) * stride + i32[triple + 2]!);
      }
      let total = 0;
      for (let i = 0; i < n; i++) {
        const slopes = new Float64Array(columns);
        for (let j = 0; j < n; j++) {
          if (j === i && !diagonal) continue;
          for (let r = 0; r < columns; r++) {
            const score = product(f32, width, stride, a, b, w, i, j, r) + f32[bias / 4 + r]!;
            const target = right.has((i * n + j) * stride + r) ? 1 : 0;
            total += Math.max(score, 0) + Math.log1p(Math.exp(-Math.abs(score))) - target * score;
            if (wt === 0) continue;
            const slope = Math.fround(weight) * (logistic(score) - target);
            slopes[r]! += slope;
            for (let d = 0; d < width; d++) {
              const m = f32[a / 4 + i * width + d]! + f32[b / 4 + j * width + d]!;
              if (!(m > 0)) continue;
              const passed = slope * f32[wt / 4 + r * width + d]!;
              f32[dW / 4 + d * stride + r]! += slope * m;
              f32[dA / 4 + i * width + d]! += passed;
              f32[dB / 4 + j * width + d]! += passed;
            }
          }
        }
        for (let r = 0; r < columns && wt !== 0; r++) f32[dBias / 4 + r]! += slopes[r]!;
      }
      return total;
    },

    pairPredict({ n, width, columns, stride, diagonal, a, b, w, bias, thresholds, out, limit }) {
      const { f32, i32 } = views;
      let found = 0;
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) {
          if (j === i && !diagonal) continue;
          for (let r = 0; r < columns; r++) {
            const score = product(f32, width, stride, a, b, w, i, j, r) + f32[bias / 4 + r]!;
            if (!(score >= f32[thresholds / 4 + r]!)) continue;
            if (found < limit) {
              i32.set([i, j, r], out / 4 + 4 * found);
              f32[out / 4 + 4 * found + 3] = logistic(score);
            }
            found++;
          }
        }
      }
      return found;
    },

    pairProbabilities({ n, width, columns, stride, diagonal, a, b, w, bias, p }) {
      const { f32 } = views;
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) {
          for (let r = 0; r < stride; r++) {
            const exists = r < columns && (j !== i || diagonal !== 0);
            const score = product(f32, width, stride, a, b, w, i, j, r) + f32[bias / 4 + r]!;
            f32[p / 4 + (i * n + j) * stride + r] = exists ? logistic(score) : 0;
          }
        }
      }
    },
  };
}

/** w_r · relu(a_i + b_j) */
function product(
  f32: Float32Array,
  width: number,
  stride: number,
  a: Address,
  b: Address,
  w: Address,
  i: number,
  j: number,
  r: number,
): number {
  let sum = 0;
  for (let d = 0; d < width; d++) {
    sum += Math.max(f32[a / 4 + i * width + d]! + f32[b / 4 + j * width + d]!, 0) * f32[w / 4 + d * stride + r]!;
  }
  return sum;
}
