import type { pairs } from "../../kernels/contract/pairs.ts";
import { padded } from "../../tensor/matrix.ts";
import type { Random } from "../../tensor/random.ts";
import { integersBelow, normals, paddedRows } from "../draws.ts";
import type { CasesOf } from "../kernel-call.ts";

interface Sentence {
  readonly n: number;
  readonly width: number;
  readonly columns: number;
  readonly stride: number;
  readonly diagonal: number;
  readonly a: Float32Array;
  readonly b: Float32Array;
  readonly w: Float32Array;
  /** w transposed, [stride, width] */
  readonly wt: Float32Array;
  readonly bias: Float32Array;
}

export const pairCases: CasesOf<typeof pairs> = {
  *pairMax(random) {
    for (const { wt: _, ...s } of sentences(random)) {
      const slots = { arg: { defined: (cell: number) => cell % s.stride < s.columns } };
      yield { given: { ...s, m: s.n, own: 0 }, slots };
      yield { given: { ...s, m: s.n, own: 0, arg: 0 } };
      // Some words in any order, some of them twice.
      const m = Math.ceil((2 * s.n) / 3);
      const own = integersBelow(random, m, s.n);
      const a = Float32Array.from(Array.from(own, (word) => [...s.a.subarray(word * s.width, (word + 1) * s.width)]).flat());
      yield { given: { ...s, m, own, a }, slots };
      yield { given: { ...s, m, own, a, arg: 0 } };
    }
  },

  *pairMaxBackward(random) {
    for (const { n, width, columns, stride, a, b, wt } of sentences(random)) {
      const arg = integersBelow(random, n * stride, n + 1).map((at) => at - 1);
      const y = paddedRows(n, columns, (k) => normals(random, k).map((value) => 1 / (1 + Math.exp(-value))));
      const dy = paddedRows(n, columns, (k) => normals(random, k));
      if (n > 0) dy[0] = 0;
      const weights = wt.subarray(0, columns * width);
      const tolerance = { relative: 3e-6, absolute: 1e-5 };
      yield { given: { n, width, columns, stride, a, b, wt: weights, y, arg, dy }, tolerance };
    }
  },

  *pairLoss(random) {
    for (const s of [...sentences(random), undecided(random)]) {
      const triples = goldTriples(random, s);
      const tolerance = { relative: 1e-5, absolute: 2e-5 };
      const given = { ...s, gold: Int32Array.from(triples.flat()), count: triples.length, weight: 0.7 };
      yield { given: { ...given, wt: 0, dA: 0, dB: 0, dW: 0, dBias: 0 }, tolerance };
      yield { given, tolerance };
    }
  },

  *pairPredict(random) {
    for (const { wt: _, ...s } of sentences(random)) {
      const drawn = normals(random, s.stride);
      for (const thresholds of [drawn, drawn.fill(-Infinity, 0, 1), drawn.fill(Infinity, 0, 1), drawn.map(() => -Infinity)]) {
        for (const limit of [0, 3, s.n * s.n * s.columns]) {
          const slots = { out: { integer: (cell: number) => cell % 4 < 3, partial: true } };
          yield { given: { ...s, thresholds: Float32Array.from(thresholds), limit }, slots };
        }
      }
    }
  },

  *pairProbabilities(random) {
    for (const { wt: _, ...s } of sentences(random)) yield { given: s };
  },
};

/**
 * Lengths around the tiles and around the 64 cells whose logarithms are taken at once, and columns
 * for one tile and for several; some words repeat, so that maxima tie.
 */
function* sentences(random: Random): Generator<Sentence> {
  for (const n of [0, 1, 2, 5, 9, 33, 70]) {
    for (const [features, columns] of [
      [4, 1],
      [3, 4],
      [10, 6],
      [5, 27],
    ] as const) {
      // Every cell of the largest would not fit into the memory of a call.
      if (n * columns > 1000) continue;
      for (const diagonal of [0, 1]) yield sentence(random, n, features, columns, diagonal, 1);
    }
  }
  // Scores of many hundreds: the loss must neither overflow nor drop the sign of a slope.
  yield sentence(random, 6, 5, 3, 0, 30);
}

/** Every score zero: 1 + e^−|s| is 2 everywhere, and a product over 200 cells would overflow. */
function undecided(random: Random): Sentence {
  const drawn = sentence(random, 200, 4, 1, 0, 1);
  const bias = new Float32Array(drawn.stride);
  return { ...drawn, a: drawn.a.map((value) => -Math.abs(value)), b: drawn.b.map((value) => -Math.abs(value)), bias };
}

function sentence(random: Random, n: number, features: number, columns: number, diagonal: number, scale: number): Sentence {
  const width = padded(features);
  const stride = padded(columns);
  const a = paddedRows(n, features, (k) => normals(random, k, scale));
  const b = paddedRows(n, features, (k) => normals(random, k, scale));
  for (let j = 1; j < n; j += 2) b.copyWithin(j * width, (j - 1) * width, j * width);
  const w = new Float32Array(width * stride);
  const wt = new Float32Array(stride * width);
  for (let d = 0; d < features; d++) {
    for (let r = 0; r < columns; r++) {
      const value = Math.fround(random.normal() * (scale > 1 ? 1 : 0.5));
      w[d * stride + r] = value;
      wt[r * width + d] = value;
    }
  }
  const bias = paddedRows(1, columns, (k) => normals(random, k));
  return { n, width, columns, stride, diagonal, a, b, w, wt, bias };
}

/**
 * About a tenth of all cells, sorted. A gold cell may lie on an excluded diagonal: it must count
 * for nothing.
 */
function goldTriples(random: Random, { n, columns }: Sentence): [number, number, number][] {
  const triples: [number, number, number][] = [];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      for (let r = 0; r < columns; r++) {
        if (random.next() < 0.1) triples.push([i, j, r]);
      }
    }
  }
  return triples;
}
