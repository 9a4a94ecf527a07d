import { padded } from "../../tensor/matrix.ts";
import type { Random } from "../../tensor/random.ts";
import { edges, integersBelow, normals, paddedRows, shares } from "../draws.ts";
import { KernelCall } from "../kernel-call.ts";

const lengths = [0, 4, 8, 12, 20, 64, 100, 1000];
const shapes = [0, 1, 2, 5].flatMap((rows) => [1, 3, 4, 5, 8, 23].map((columns) => ({ rows, columns, stride: padded(columns) })));
const drawings = [normals, edges];

export const elementwiseCases = {
  *add(random: Random) {
    for (const n of lengths) yield new KernelCall((m) => [n, m.input(edges(random, n)), m.inOut(edges(random, n))]);
  },

  *addScaled(random: Random) {
    for (const n of lengths) yield new KernelCall((m) => [n, -0.3, m.input(edges(random, n)), m.inOut(normals(random, n))]);
  },

  *scale(random: Random) {
    for (const n of lengths) yield new KernelCall((m) => [n, 0.7, m.inOut(edges(random, n))]);
  },

  *multiply(random: Random) {
    for (const n of lengths) {
      yield new KernelCall((m) => [n, m.input(edges(random, n)), m.input(normals(random, n)), m.output(n), 0]);
      yield new KernelCall((m) => [n, m.input(normals(random, n)), m.input(normals(random, n)), m.inOut(normals(random, n)), 1]);
    }
  },

  *sum(random: Random) {
    for (const n of lengths) yield new KernelCall((m) => [n, m.input(normals(random, n))], { relative: 1e-6, absolute: 1e-4 });
  },

  *tanhForward(random: Random) {
    for (const n of lengths) {
      // Relative alone: near zero tanh x must keep the digits of x.
      for (const draw of drawings) {
        yield new KernelCall((m) => [n, m.input(draw(random, n)), m.output(n)], { relative: 1e-6, absolute: 1e-44 });
      }
    }
  },

  *tanhBackward(random: Random) {
    for (const n of lengths) {
      const y = normals(random, n).map(Math.tanh);
      yield new KernelCall((m) => [n, m.input(y), m.input(normals(random, n)), m.inOut(normals(random, n))]);
    }
  },

  *reluForward(random: Random) {
    for (const n of lengths) yield new KernelCall((m) => [n, m.input(edges(random, n)), m.output(n)]);
  },

  *reluBackward(random: Random) {
    for (const n of lengths) {
      const y = edges(random, n).map((value) => Math.max(value, 0));
      yield new KernelCall((m) => [n, m.input(y), m.input(edges(random, n)), m.inOut(normals(random, n))]);
    }
  },

  *sigmoidRows(random: Random) {
    for (const { rows, columns, stride } of shapes) {
      for (const draw of drawings) {
        // The padding of scores may hold anything.
        yield new KernelCall((m) => [rows, columns, stride, m.input(draw(random, rows * stride)), m.output(rows * stride)]);
      }
    }
  },

  *sigmoidBackward(random: Random) {
    for (const n of lengths) {
      yield new KernelCall((m) => [n, m.input(shares(random, n)), m.input(normals(random, n)), m.inOut(normals(random, n))]);
    }
  },

  *softmaxRows(random: Random) {
    for (const { rows, columns, stride } of shapes) {
      for (const draw of drawings) {
        yield new KernelCall((m) => [rows, columns, stride, m.input(draw(random, rows * stride)), m.output(rows * stride)]);
      }
    }
  },

  *softmaxBackward(random: Random) {
    for (const { rows, columns, stride } of shapes) {
      yield new KernelCall((m) => [
        rows,
        stride,
        m.input(probabilities(random, rows, columns)),
        m.input(paddedRows(rows, columns, (n) => normals(random, n))),
        m.inOut(paddedRows(rows, columns, (n) => normals(random, n))),
      ]);
    }
  },

  *dropoutMask(random: Random) {
    for (const n of [0, 1, 3, 4, 7, 1000]) {
      for (const rate of [0, 0.1, 0.5, 0.99]) {
        const seeds = [random.word() | 0, random.word() | 0] as const;
        yield new KernelCall((m) => [n, rate, ...seeds, m.output(n)], { relative: 0, absolute: 0 });
      }
    }
    yield new KernelCall((m) => [64, 0.5, 0, 0, m.output(64)], { relative: 0, absolute: 0 });
  },

  *softmaxLoss(random: Random) {
    for (const { rows, columns, stride } of shapes) {
      for (const scale of [1, 60]) {
        const p = probabilities(random, rows, columns, scale);
        const gold = integersBelow(random, rows, columns + 1).map((right) => right - 1);
        const weights = normals(random, rows).map(Math.abs);
        const before = paddedRows(rows, columns, (n) => normals(random, n));
        const tolerance = { relative: 1e-6, absolute: 2e-6 };
        yield new KernelCall((m) => [rows, stride, m.input(p), m.input(gold), 0, 1, m.inOut(before)], tolerance);
        yield new KernelCall((m) => [rows, stride, m.input(p), m.input(gold), m.input(weights), 0.4, m.inOut(before)], tolerance);
        yield new KernelCall((m) => [rows, stride, m.input(p), m.input(gold), m.input(weights), 0.4, 0], tolerance);
      }
    }
    // A diverged model must not look as if its loss were finite.
    const broken = Float32Array.of(Number.NaN, 0.5, 0.5, 0);
    yield new KernelCall((m) => [1, 4, m.input(broken), m.input(Int32Array.of(0)), 0, 1, 0]);
  },
};

function probabilities(random: Random, rows: number, columns: number, scale = 1): Float32Array {
  return paddedRows(rows, columns, (n) => {
    const scores = Array.from(normals(random, n, scale));
    const powers = scores.map((score) => Math.exp(score - Math.max(...scores)));
    const total = powers.reduce((sum, power) => sum + power, 0);
    return Float32Array.from(powers, (power) => power / total);
  });
}
