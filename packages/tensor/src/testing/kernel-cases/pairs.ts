import { padded } from "../../tensor/matrix.ts";
import type { Random } from "../../tensor/random.ts";
import { integersBelow, normals, paddedRows } from "../draws.ts";
import { KernelCall } from "../kernel-call.ts";

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

export const pairCases = {
  *pairMax(random: Random) {
    for (const s of sentences(random)) {
      const cells = s.n * s.stride;
      yield new KernelCall((k) => [
        ...start(s, k),
        k.input(s.w),
        k.input(s.bias),
        k.scratch(padded(s.n) * (s.width + s.stride)),
        k.output(cells),
        k.integers(cells, { defined: (cell) => cell % s.stride < s.columns }),
      ]);
    }
  },

  *pairMaxBackward(random: Random) {
    for (const s of sentences(random)) {
      const arg = integersBelow(random, s.n * s.stride, s.n + 1).map((at) => at - 1);
      const y = paddedRows(s.n, s.columns, (n) => normals(random, n).map((value) => 1 / (1 + Math.exp(-value))));
      const dy = paddedRows(s.n, s.columns, (n) => normals(random, n));
      if (s.n > 0) dy[0] = 0;
      yield new KernelCall(
        (k) => [
          ...[s.n, s.width, s.columns, s.stride, k.input(s.a), k.input(s.b), k.input(s.wt.subarray(0, s.columns * s.width))],
          ...[k.input(y), k.input(arg), k.input(dy)],
          ...[k.inOut(normals(random, s.n * s.width)), k.inOut(normals(random, s.n * s.width))],
          ...[k.inOut(normals(random, s.columns * s.width)), k.inOut(normals(random, s.columns))],
        ],
        { relative: 3e-6, absolute: 1e-5 },
      );
    }
  },

  *pairLoss(random: Random) {
    for (const s of [...sentences(random), undecided(random)]) {
      const triples = goldTriples(random, s);
      const tolerance = { relative: 1e-5, absolute: 2e-5 };
      const given = (k: KernelCall) => [
        ...start(s, k),
        ...[k.input(s.w), k.input(s.bias), k.input(Int32Array.from(triples.flat())), triples.length, 0.7],
      ];
      const scratch = padded(s.n) * (2 * s.width + s.stride);
      yield new KernelCall((k) => [...given(k), 0, k.scratch(scratch), 0, 0, 0, 0], tolerance);
      yield new KernelCall(
        (k) => [
          ...given(k),
          ...[
            k.input(s.wt),
            k.scratch(scratch),
            k.inOut(normals(random, s.n * s.width)),
            k.inOut(normals(random, s.n * s.width)),
          ],
          ...[k.inOut(normals(random, s.width * s.stride)), k.inOut(normals(random, s.stride))],
        ],
        tolerance,
      );
    }
  },

  *pairPredict(random: Random) {
    for (const s of sentences(random)) {
      const drawn = normals(random, s.stride);
      for (const thresholds of [drawn, drawn.fill(-Infinity, 0, 1), drawn.fill(Infinity, 0, 1), drawn.map(() => -Infinity)]) {
        for (const limit of [0, 3, s.n * s.n * s.columns]) {
          yield new KernelCall((k) => [
            ...start(s, k),
            ...[
              k.input(s.w),
              k.input(s.bias),
              k.input(Float32Array.from(thresholds)),
              k.scratch(padded(s.n) * (s.width + s.stride)),
            ],
            ...[k.output(4 * limit, { integer: (cell) => cell % 4 < 3, partial: true }), limit],
          ]);
        }
      }
    }
  },

  *pairProbabilities(random: Random) {
    for (const s of sentences(random)) {
      yield new KernelCall((k) => [
        ...start(s, k),
        ...[k.input(s.w), k.input(s.bias), k.scratch(padded(s.n) * (s.width + s.stride)), k.output(s.n * s.n * s.stride)],
      ]);
    }
  },
};

function start(s: Sentence, k: KernelCall): number[] {
  return [s.n, s.width, s.columns, s.stride, s.diagonal, k.input(s.a), k.input(s.b)];
}

/** Lengths around the tiles and around the 64 cells whose logarithms are taken at once; some words repeat, so that maxima tie. */
function* sentences(random: Random): Generator<Sentence> {
  for (const n of [0, 1, 2, 5, 9, 70]) {
    for (const [features, columns] of [
      [4, 1],
      [3, 4],
      [10, 6],
    ] as const) {
      for (const diagonal of [0, 1]) yield sentence(random, n, features, columns, diagonal, 1);
    }
  }
  // Scores of many hundreds: the loss must neither overflow nor lose the sign of a slope.
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

/** About a tenth of all cells, sorted. A gold cell may lie on an excluded diagonal: it must count for nothing. */
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
