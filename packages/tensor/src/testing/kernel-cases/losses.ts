import type { losses } from "../../kernels/contract/losses.ts";
import { padded } from "../../tensor/matrix.ts";
import { integersBelow, normals, paddedRows, probabilities, rowShapes } from "../draws.ts";
import type { CasesOf } from "../kernel-call.ts";

export const lossCases: CasesOf<typeof losses> = {
  *softmaxLoss(random) {
    const tolerance = { relative: 1e-6, absolute: 2e-6 };
    for (const { m, columns, stride } of rowShapes) {
      for (const scale of [1, 60]) {
        const p = probabilities(random, m, columns, scale);
        const gold = integersBelow(random, m, columns + 1).map((right) => right - 1);
        const weights = normals(random, m).map(Math.abs);
        const dx = paddedRows(m, columns, (n) => normals(random, n));
        yield { given: { m, stride, p, gold, weights: 0, factor: 1, dx }, tolerance };
        yield { given: { m, stride, p, gold, weights, factor: 0.4, dx }, tolerance };
        yield { given: { m, stride, p, gold, weights, factor: 0.4, dx: 0 }, tolerance };
      }
    }
    // A diverged model must not look as if its loss were finite.
    const p = Float32Array.of(Number.NaN, 0.5, 0.5, 0);
    yield { given: { m: 1, stride: 4, p, gold: Int32Array.of(0), weights: 0, factor: 1, dx: 0 } };
  },

  *rankingLoss(random) {
    const settings = { positiveMargin: 2.5, negativeMargin: 0.5, scale: 2, factor: 0.7 };
    for (const classes of [1, 2, 3, 4, 9]) {
      for (const m of [0, 1, 7]) {
        const stride = padded(classes + 1);
        for (const deviation of [1, 30]) {
          const drawn = paddedRows(m, classes, (some) => normals(random, some, deviation));
          const gold = integersBelow(random, m, classes + 1).map((right) => right - 1);
          const x = new Float32Array(m * stride);
          for (let i = 0; i < m; i++) x.set(drawn.subarray(i * padded(classes), i * padded(classes) + classes), i * stride);
          const dx = paddedRows(m, classes + 1, (some) => normals(random, some));
          yield { given: { m, classes, stride, x, gold, ...settings, dx } };
          yield { given: { m, classes, stride, x, gold, ...settings, dx: 0 } };
        }
      }
    }
  },
};
