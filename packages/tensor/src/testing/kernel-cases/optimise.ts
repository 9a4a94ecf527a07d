import type { optimise } from "../../kernels/contract/optimise.ts";
import type { Random } from "../../tensor/random.ts";
import { edges, normals } from "../draws.ts";
import type { CasesOf } from "../kernel-call.ts";

const lengths = [0, 4, 8, 12, 100];
const drawings = [normals, edges];

export const optimiseCases: CasesOf<typeof optimise> = {
  *sumSquares(random) {
    const tolerance = { relative: 1e-13, absolute: 0 };
    for (const n of lengths) yield { given: { n, x: edges(random, n) }, tolerance };
    for (const spoilt of [Number.NaN, Number.POSITIVE_INFINITY]) {
      yield { given: { n: 8, x: normals(random, 8).fill(spoilt, 5, 6) }, tolerance };
    }
  },

  *adam(random) {
    const settings = { rate: 0.003, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, clip: 0.8 };
    for (const n of lengths) {
      for (const draw of drawings) yield { given: { n, g: draw(random, n), v: squares(random, n), ...settings } };
    }
  },

  *adadelta(random) {
    const settings = { rate: 0.5, rho: 0.95, epsilon: 1e-6, clip: 0.8 };
    for (const n of lengths) {
      for (const draw of drawings) {
        yield { given: { n, g: draw(random, n), square: squares(random, n), moved: squares(random, n), ...settings } };
      }
    }
  },

  *rmsprop(random) {
    const settings = { rate: 0.01, rho: 0.99, epsilon: 1e-8, clip: 0.8 };
    for (const n of lengths) {
      for (const draw of drawings) yield { given: { n, g: draw(random, n), square: squares(random, n), ...settings } };
    }
  },
};

function squares(random: Random, n: number): Float32Array {
  return normals(random, n).map((value) => value ** 2);
}
