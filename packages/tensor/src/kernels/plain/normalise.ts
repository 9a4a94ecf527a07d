import type { KernelsOf } from "../contract/descriptor.ts";
import type { normalise as contract } from "../contract/normalise.ts";
import type { Views } from "./views.ts";

/**
 * Normalisation by mean and variance. ε and the share are rounded to 32-bit
 * floats, as on their way into the SIMD kernels.
 */
export function normalise(views: Views): KernelsOf<typeof contract> {
  const { fround, sqrt } = Math;
  return {
    columnMoments({ m, width, x, mean, variance }) {
      const { f32 } = views;
      for (let j = 0; j < width; j++) {
        let sum = 0;
        for (let i = 0; i < m; i++) sum += f32[x / 4 + i * width + j]!;
        let squares = 0;
        for (let i = 0; i < m; i++) squares += (f32[x / 4 + i * width + j]! - sum / m) ** 2;
        f32[mean / 4 + j] = sum / m;
        f32[variance / 4 + j] = squares / m;
      }
    },

    normaliseRows({ m, width, x, mean, variance, epsilon, scale, shift, y }) {
      const { f32 } = views;
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < width; j++) {
          const away = f32[x / 4 + i * width + j]! - f32[mean / 4 + j]!;
          const by = f32[scale / 4 + j]! / sqrt(f32[variance / 4 + j]! + fround(epsilon));
          f32[y / 4 + i * width + j] = by * away + f32[shift / 4 + j]!;
        }
      }
    },

    normaliseRowsBackward({ m, width, x, mean, variance, epsilon, scale, share, dy, dx, dScale, dShift }) {
      const { f32 } = views;
      for (let j = 0; j < width; j++) {
        const inverse = 1 / sqrt(f32[variance / 4 + j]! + fround(epsilon));
        const normal = (i: number): number => (f32[x / 4 + i * width + j]! - f32[mean / 4 + j]!) * inverse;
        let [sum, product] = [0, 0];
        for (let i = 0; i < m; i++) {
          sum += f32[dy / 4 + i * width + j]!;
          product += f32[dy / 4 + i * width + j]! * normal(i);
        }
        f32[dShift / 4 + j]! += sum;
        f32[dScale / 4 + j]! += product;
        for (let i = 0; i < m; i++) {
          const own = f32[dy / 4 + i * width + j]! - fround(share) * (sum + normal(i) * product);
          f32[dx / 4 + i * width + j]! += f32[scale / 4 + j]! * inverse * own;
        }
      }
    },

    layerNormForward({ m, columns, stride, x, epsilon, scale, shift, y, mean, inverse }) {
      const { f32 } = views;
      for (let i = 0; i < m; i++) {
        const row = f32.subarray(x / 4 + i * stride, x / 4 + i * stride + columns);
        const middle = row.reduce((sum, value) => sum + value, 0) / columns;
        const by = 1 / sqrt(row.reduce((sum, value) => sum + (value - middle) ** 2, 0) / columns + fround(epsilon));
        for (let j = 0; j < stride; j++) {
          const normal = j < columns ? (row[j]! - middle) * by : 0;
          f32[y / 4 + i * stride + j] = f32[scale / 4 + j]! * normal + f32[shift / 4 + j]!;
        }
        f32[mean / 4 + i] = middle;
        f32[inverse / 4 + i] = by;
      }
    },

    layerNormBackward({ m, columns, stride, x, mean, inverse, scale, dy, dx, dScale, dShift }) {
      const { f32 } = views;
      for (let i = 0; i < m; i++) {
        const by = f32[inverse / 4 + i]!;
        const normal = (j: number): number => (f32[x / 4 + i * stride + j]! - f32[mean / 4 + i]!) * by;
        const slope = (j: number): number => f32[dy / 4 + i * stride + j]!;
        let [sum, product] = [0, 0];
        for (let j = 0; j < columns; j++) {
          f32[dShift / 4 + j]! += slope(j);
          f32[dScale / 4 + j]! += slope(j) * normal(j);
          sum += f32[scale / 4 + j]! * slope(j);
          product += f32[scale / 4 + j]! * slope(j) * normal(j);
        }
        for (let j = 0; j < columns; j++) {
          const own = f32[scale / 4 + j]! * slope(j) - (sum + normal(j) * product) / columns;
          f32[dx / 4 + i * stride + j]! += by * own;
        }
      }
    },
  };
}
