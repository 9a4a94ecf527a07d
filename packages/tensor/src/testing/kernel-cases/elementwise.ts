import type { elementwise } from "../../kernels/contract/elementwise.ts";
import { edges, normals, paddedRows, probabilities, rowShapes, shares } from "../draws.ts";
import type { CasesOf } from "../kernel-call.ts";

const lengths = [0, 4, 8, 12, 20, 64, 100, 1000];
const drawings = [normals, edges];

export const elementwiseCases: CasesOf<typeof elementwise> = {
  *add(random) {
    for (const n of lengths) yield { given: { n, x: edges(random, n), y: edges(random, n) } };
  },

  *addScaled(random) {
    for (const n of lengths) yield { given: { n, factor: -0.3, x: edges(random, n) } };
  },

  *scale(random) {
    for (const n of lengths) yield { given: { n, factor: 0.7, y: edges(random, n) } };
  },

  *multiply(random) {
    for (const n of lengths) {
      yield { given: { n, x1: edges(random, n), accumulate: 0 } };
      yield { given: { n, accumulate: 1 } };
    }
  },

  *sum() {
    for (const n of lengths) yield { given: { n }, tolerance: { relative: 1e-6, absolute: 1e-4 } };
  },

  *tanhForward(random) {
    // Relative alone: near zero tanh x must keep the digits of x.
    const tolerance = { relative: 1e-6, absolute: 1e-44 };
    for (const n of lengths) for (const draw of drawings) yield { given: { n, x: draw(random, n) }, tolerance };
  },

  *tanhBackward(random) {
    for (const n of lengths) yield { given: { n, y: normals(random, n).map(Math.tanh) } };
  },

  *reluForward(random) {
    for (const n of lengths) yield { given: { n, x: edges(random, n) } };
  },

  *reluBackward(random) {
    for (const n of lengths) {
      yield { given: { n, y: edges(random, n).map((value) => Math.max(value, 0)), dy: edges(random, n) } };
    }
  },

  *geluForward(random) {
    for (const n of lengths) for (const draw of drawings) yield { given: { n, x: draw(random, n) } };
  },

  *geluBackward(random) {
    for (const n of lengths) for (const draw of drawings) yield { given: { n, x: draw(random, n) } };
  },

  *sigmoidRows(random) {
    // The padding of scores may hold anything.
    for (const { m, columns, stride } of rowShapes) {
      for (const draw of drawings) yield { given: { m, columns, stride, x: draw(random, m * stride) } };
    }
  },

  *sigmoidBackward(random) {
    for (const n of lengths) yield { given: { n, y: shares(random, n) } };
  },

  *softmaxRows(random) {
    for (const { m, columns, stride } of rowShapes) {
      for (const draw of drawings) yield { given: { m, columns, stride, x: draw(random, m * stride) } };
    }
  },

  *softmaxBackward(random) {
    const drawn = (m: number, columns: number): Float32Array => paddedRows(m, columns, (n) => normals(random, n));
    for (const { m, columns, stride } of rowShapes) {
      const y = probabilities(random, m, columns);
      yield { given: { m, stride, y, dy: drawn(m, columns), dx: drawn(m, columns) } };
    }
  },

  *dropoutMask(random) {
    const tolerance = { relative: 0, absolute: 0 };
    for (const n of [0, 1, 3, 4, 7, 1000]) {
      for (const rate of [0, 0.1, 0.5, 0.99]) {
        yield { given: { n, rate, seed1: random.word() | 0, seed2: random.word() | 0 }, tolerance };
      }
    }
    yield { given: { n: 64, rate: 0.5, seed1: 0, seed2: 0 }, tolerance };
  },
};
