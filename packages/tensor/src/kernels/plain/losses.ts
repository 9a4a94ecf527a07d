import type { KernelsOf } from "../contract/descriptor.ts";
import type { losses as contract } from "../contract/losses.ts";
import { logistic, type Views } from "./views.ts";

const smallestNormal = 1.17549435e-38;

/** Cross-entropies that give the loss and the gradient of the scores. */
export function losses(views: Views): KernelsOf<typeof contract> {
  return {
    softmaxLoss({ m, stride, p, gold, weights, factor, dx }) {
      const { f32, i32 } = views;
      let total = 0;
      for (let i = 0; i < m; i++) {
        const right = i32[gold / 4 + i]!;
        if (right < 0) continue;
        const weight = weights === 0 ? 1 : f32[weights / 4 + i]!;
        total -= weight * Math.log(Math.max(f32[p / 4 + i * stride + right]!, smallestNormal));
        for (let j = 0; j < stride && dx !== 0; j++) {
          const cell = i * stride + j;
          f32[dx / 4 + cell]! += Math.fround(factor) * weight * (f32[p / 4 + cell]! - (j === right ? 1 : 0));
        }
      }
      return total;
    },

    rankingLoss({ m, classes, stride, x, gold, positiveMargin, negativeMargin, scale, factor, dx }) {
      const { f32, i32 } = views;
      let total = 0;
      const hinge = (cell: number, v: number, by: number): void => {
        total += Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v)));
        if (dx !== 0) f32[dx / 4 + cell]! += factor * by * logistic(v);
      };
      for (let i = 0; i < m; i++) {
        const right = i32[gold / 4 + i]!;
        let best = -1;
        for (let j = 0; j < classes; j++) {
          if (j !== right && (best < 0 || f32[x / 4 + i * stride + j]! > f32[x / 4 + i * stride + best]!)) best = j;
        }
        const score = (j: number): number => f32[x / 4 + i * stride + j]!;
        if (right >= 0) hinge(i * stride + right, scale * (positiveMargin - score(right)), -scale);
        if (best >= 0) hinge(i * stride + best, scale * (negativeMargin + score(best)), scale);
      }
      return total;
    },
  };
}
