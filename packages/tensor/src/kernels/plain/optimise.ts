import type { KernelsOf } from "../contract/descriptor.ts";
import type { optimise as contract } from "../contract/optimise.ts";
import type { Views } from "./views.ts";

/**
 * Parameter updates, and what they need of the gradient. Settings are rounded to 32-bit floats, as
 * on their way into the SIMD kernels.
 */
export function optimise(views: Views): KernelsOf<typeof contract> {
  const { fround, sqrt } = Math;
  return {
    sumSquares({ n, x }) {
      const { f32 } = views;
      let total = 0;
      for (let i = 0; i < n; i++) total += f32[x / 4 + i]! ** 2;
      return total;
    },

    adam({ n, w, g, m, v, rate, beta1, beta2, epsilon, clip }) {
      const { f32 } = views;
      for (let i = 0; i < n; i++) {
        const slope = f32[g / 4 + i]! * fround(clip);
        const mean = fround(beta1) * f32[m / 4 + i]! + (1 - fround(beta1)) * slope;
        const square = fround(beta2) * f32[v / 4 + i]! + (1 - fround(beta2)) * slope ** 2;
        f32[m / 4 + i] = mean;
        f32[v / 4 + i] = square;
        f32[w / 4 + i]! -= (fround(rate) * mean) / (sqrt(square) + fround(epsilon));
      }
    },

    adadelta({ n, w, g, square, moved, rate, rho, epsilon, clip }) {
      const { f32 } = views;
      for (let i = 0; i < n; i++) {
        const slope = f32[g / 4 + i]! * fround(clip);
        const mean = fround(rho) * f32[square / 4 + i]! + (1 - fround(rho)) * slope ** 2;
        const before = f32[moved / 4 + i]!;
        const move = (sqrt(before + fround(epsilon)) / sqrt(mean + fround(epsilon))) * slope;
        f32[square / 4 + i] = mean;
        f32[moved / 4 + i] = fround(rho) * before + (1 - fround(rho)) * move ** 2;
        f32[w / 4 + i]! -= fround(rate) * move;
      }
    },

    rmsprop({ n, w, g, square, rate, rho, epsilon, clip }) {
      const { f32 } = views;
      for (let i = 0; i < n; i++) {
        const slope = f32[g / 4 + i]! * fround(clip);
        const mean = fround(rho) * f32[square / 4 + i]! + (1 - fround(rho)) * slope ** 2;
        f32[square / 4 + i] = mean;
        f32[w / 4 + i]! -= (fround(rate) * slope) / (sqrt(mean) + fround(epsilon));
      }
    },
  };
}
