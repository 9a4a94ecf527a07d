import { Arena } from "../memory/arena.ts";
import * as operations from "../tape/operations/index.ts";
import { Tape } from "../tape/tape.ts";
import { Engine } from "../tensor/engine.ts";
import type { Matrix } from "../tensor/matrix.ts";
import { type Facts, type Rows, type Sizes, tapeSeed } from "./op-case.ts";

// The parts of the formulas in op-cases: products, cells and losses on plain arrays, and the shapes
// and lists they are drawn with.
const { exp, log1p, max, tanh } = Math;

/** A large ε, because drawn variances may be negative. */
export const normalising = { momentum: 0.9, epsilon: 9 };

export function oneMatrix() {
  return { matrices: ({ width }: Sizes) => ({ x: width }), parameters: () => ({}) };
}

export function normalisation() {
  return {
    ...oneMatrix(),
    parameters: ({ width }: Sizes) => ({
      scale: { rows: 1, columns: width },
      shift: { rows: 1, columns: width },
      mean: { rows: 1, columns: width, kind: "running" as const },
      variance: { rows: 1, columns: width, kind: "running" as const },
    }),
  };
}

export function onePair() {
  return {
    matrices: ({ width }: Sizes) => ({ a: width, b: width }),
    parameters: ({ width, classes }: Sizes) => ({
      weight: { rows: width, columns: classes },
      bias: { rows: 1, columns: classes },
    }),
  };
}

/** For each word its neighbour on one side, or none. */
export function neighbours(offsets: Int32Array, ids: Int32Array): Int32Array {
  return ids.map((id, i) => {
    const s = offsets.findIndex((start, k) => start <= i && (offsets[k + 1] ?? 0) > i);
    const [start, end] = [offsets[s] ?? 0, offsets[s + 1] ?? 0];
    const found = id < 2 ? i - 1 : i + 1;
    return found >= start && found < end ? found : -1;
  });
}

/** The words of each sentence in reverse. */
export function backToFront(offsets: Int32Array): Int32Array {
  const order: number[] = [];
  for (let s = 0; s + 1 < offsets.length; s++) {
    for (let i = (offsets[s + 1] ?? 0) - 1; i >= (offsets[s] ?? 0); i--) order.push(i);
  }
  return Int32Array.from(order);
}

/** One span per word: empty ones, short ones, and some that overlap. */
export function someSpans(offsets: Int32Array, ids: Int32Array): Int32Array {
  const spans: number[] = [];
  for (let s = 0; s + 1 < offsets.length; s++) {
    const [start, end] = [offsets[s] ?? 0, offsets[s + 1] ?? 0];
    for (let i = start; i < end; i++) {
      const id = ids[i] ?? 0;
      if (id === 0) spans.push(i, i);
      else if (id < 3) spans.push(i, Math.min(end, i + id));
      else spans.push(start, i + 1);
    }
  }
  return Int32Array.from(spans);
}

/** One window per word: the words to pool, the words to read, and two words of the sentence. */
export function someWindows(offsets: Int32Array, ids: Int32Array): Int32Array {
  const windows: number[] = [];
  for (let s = 0; s + 1 < offsets.length; s++) {
    const [start, end] = [offsets[s] ?? 0, offsets[s + 1] ?? 0];
    for (let i = start; i < end; i++) {
      const id = ids[i] ?? 0;
      const other = start + ((i - start + id) % (end - start));
      const [from, to] = [Math.min(i, other), Math.max(i, other) + 1];
      if (id === 0) windows.push(i, i, start, end, i, other);
      else if (id === 1) windows.push(from, to, from, to, i, other);
      else if (id === 2) windows.push(from, to, start, end, other, i);
      else windows.push(start, end, start, end, i, other);
    }
  }
  return Int32Array.from(windows);
}

export function sentenceNumbers(offsets: Int32Array): number[] {
  return Array.from(offsets.subarray(1)).flatMap((end, s) => new Array<number>(end - (offsets[s] ?? 0)).fill(s));
}

export function sideBySide(tape: Tape, parts: readonly Matrix[]): Matrix {
  const { rows, columns } = parts.at(0) as Matrix;
  const terms = parts.map((input, k) => ({ input, to: k * columns }));
  return tape.apply(operations.compose, { rows, columns: parts.length * columns, terms });
}

export function gruStates(words: Rows, input: Rows, hidden: Rows, inputBias: Rows, hiddenBias: Rows): Rows {
  const width = hidden.length;
  let h = new Array<number>(width).fill(0);
  return words.map((word) => {
    const x = plus(times([word], input), inputBias)[0] ?? [];
    const u = plus(times([h], hidden), hiddenBias)[0] ?? [];
    h = h.map((state, j) => {
      const gate = (k: number): number => logistic((x[k * width + j] ?? 0) + (u[k * width + j] ?? 0));
      const fresh = tanh((x[2 * width + j] ?? 0) + gate(0) * (u[2 * width + j] ?? 0));
      return (1 - gate(1)) * fresh + gate(1) * state;
    });
    return h;
  });
}

/**
 * One span: windows over its rows, padded by zeros.
 *
 * @param rows products, tap by tap side by side
 */
export function convolve(rows: Rows, taps: number, bias: readonly number[]): number[] {
  const width = bias.length;
  const length = max(rows.length, 1);
  const windows = Array.from({ length: length + taps - 1 }, (_, k) => k - taps + 1);
  return bias.map((own, f) => {
    const sums = windows.map((p) =>
      Array.from({ length: taps }, (_, t) => rows[p + t]?.[t * width + f] ?? 0).reduce((sum, value) => sum + value, own),
    );
    return max(0, ...sums);
  });
}

/** A factor for each cell that depends on the cell alone. */
export function cellWeights(triples: readonly Int32Array[]): Float64Array[] {
  return triples.map((cells) =>
    Float64Array.from({ length: cells.length / 3 }, (_, k) => ((cells[3 * k] ?? 0) + 2 * (cells[3 * k + 2] ?? 0)) / 4 - 0.5),
  );
}

export function sentenceWeight(triples: Int32Array): number {
  return 0.5 + (triples.length % 4);
}

/** Σ over all paths of e^score, path by path in the sense of the definition: one product a step. */
export function sumOverPaths(
  rows: Rows,
  transitions: Rows,
  start: readonly number[],
  end: readonly number[],
  allowed: (i: number, t: number) => boolean,
): number {
  if (rows.length === 0) return 1;
  let weights = start.map((value, t) => (allowed(0, t) ? exp(value + (rows[0]?.[t] ?? 0)) : 0));
  for (let i = 1; i < rows.length; i++) {
    weights = weights.map((_, t) =>
      allowed(i, t)
        ? weights.reduce((sum, weight, u) => sum + weight * exp(cell(transitions, u, t) + (rows[i]?.[t] ?? 0)), 0)
        : 0,
    );
  }
  return weights.reduce((sum, weight, t) => sum + weight * exp(end[t] ?? 0), 0);
}

export function logistic(x: number): number {
  return 1 / (1 + exp(-x));
}

/** Φ(x) by the trapezoidal rule, whose error is far below single precision for this density. */
export function normalShare(x: number): number {
  const [steps, width] = [400, x / 400];
  const inside = Array.from({ length: steps + 1 }, (_, k) => (k % steps === 0 ? 0.5 : 1) * exp(-((k * width) ** 2) / 2));
  return 0.5 + (width * inside.reduce((sum, value) => sum + value, 0)) / Math.sqrt(2 * Math.PI);
}

interface Attended {
  readonly start: number;
  readonly end: number;
  readonly heads: number;
  readonly rate: number;
}

/** Self-attention of one sentence (Vaswani et al. 2017, eq. 1), with dropout of the weights. */
export function attend(queries: Rows, keys: Rows, values: Rows, { start, end, heads, rate }: Attended): Rows {
  const size = (queries[0]?.length ?? 0) / heads;
  const part = (rows: Rows, h: number): Rows => rows.slice(start, end).map((row) => row.slice(h * size, (h + 1) * size));
  const dot = (x: readonly number[], y: readonly number[]): number => x.reduce((sum, value, d) => sum + value * (y[d] ?? 0), 0);
  const outputs = Array.from({ length: heads }, (_, h) => {
    const [own, others] = [part(queries, h), part(keys, h)];
    const weights = own.map((query) => softmax(others.map((key) => dot(query, key) / Math.sqrt(size))));
    return times(
      weights.map((row, i) => row.map((weight, j) => weight * weightFactor(rate, start + i, h, j))),
      part(values, h),
    );
  });
  return queries.slice(start, end).map((_, i) => outputs.flatMap((rows) => rows[i] ?? []));
}

function weightFactor(rate: number, row: number, head: number, j: number): number {
  if (rate === 0) return 1;
  const [seed1, seed2] = maskSeeds;
  arena.reset();
  const mask = arena.allocate((j + 1) * 4);
  const seeds = { seed1: (seed1 + Math.imul(row, 0x9e3779b1)) | 0, seed2: (seed2 + Math.imul(head, 0x85ebca6b)) | 0 };
  engine.kernels.dropoutMask({ n: j + 1, rate, ...seeds, mask });
  return engine.heap.f32[mask / 4 + j] ?? Number.NaN;
}

export function softmax(row: readonly number[]): number[] {
  const powers = row.map((value) => exp(value));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

export function cell(rows: Rows, i: number, j: number): number {
  return rows[i]?.[j] ?? Number.NaN;
}

export function mapCells(rows: Rows, change: (value: number, i: number, j: number, width: number) => number): Rows {
  return rows.map((row, i) => row.map((value, j) => change(value, i, j, row.length)));
}

export function times(x: Rows, w: Rows): Rows {
  return x.map((row) => (w[0] ?? []).map((_, j) => row.reduce((sum, value, k) => sum + value * cell(w, k, j), 0)));
}

export function plus(x: Rows, bias: Rows): Rows {
  return mapCells(x, (value, _, j) => value + cell(bias, 0, j));
}

export function bySentence(offsets: Int32Array, rows: (start: number, end: number) => Rows): Rows {
  return Array.from({ length: offsets.length - 1 }, (_, s) => rows(offsets[s] ?? 0, offsets[s + 1] ?? 0)).flat();
}

export function columnMeans(x: Rows): Rows {
  return [(x[0] ?? []).map((_, j) => x.reduce((sum, row) => sum + (row[j] ?? 0), 0) / x.length)];
}

export function normalised(x: Rows, mean: Rows, variance: Rows, scale: Rows, shift: Rows): Rows {
  return mapCells(x, (value, i, j) => {
    const deviation = Math.sqrt(cell(variance, 0, j) + normalising.epsilon);
    return (cell(scale, 0, j) * (value - cell(mean, 0, j))) / deviation + cell(shift, 0, j);
  });
}

export function lstm(words: Rows, input: Rows, hidden: Rows, bias: Rows): Rows {
  const width = hidden.length;
  let h = new Array<number>(width).fill(0);
  let c = h;
  return words.map((word) => {
    const fromWord = times([word], input)[0] ?? [];
    const fromState = times([h], hidden)[0] ?? [];
    const gate = (k: number, j: number) =>
      (fromWord[k * width + j] ?? 0) + (fromState[k * width + j] ?? 0) + cell(bias, 0, k * width + j);
    c = c.map((state, j) => logistic(gate(1, j)) * state + logistic(gate(0, j)) * tanh(gate(2, j)));
    h = c.map((state, j) => logistic(gate(3, j)) * tanh(state));
    return h;
  });
}

export function pairScores(a: number[] = [], b: number[] = [], weight: Rows, bias: Rows): number[] {
  const joined = a.map((value, d) => max(value + (b[d] ?? 0), 0));
  return plus(times([joined], weight), bias)[0] ?? [];
}

export function pairLoss(a: Rows, b: Rows, weight: Rows, bias: Rows, facts: Facts, diagonal: boolean): number {
  let total = 0;
  for (const [s, gold] of facts.triples.entries()) {
    const [start, end] = [facts.offsets[s] ?? 0, facts.offsets[s + 1] ?? 0];
    const right = new Set<string>();
    for (let k = 0; k < gold.length; k += 3) right.add(gold.subarray(k, k + 3).join());
    for (let i = 0; i < end - start; i++) {
      for (let j = 0; j < end - start; j++) {
        if (i === j && !diagonal) continue;
        for (const [r, score] of pairScores(a[start + i], b[start + j], weight, bias).entries()) {
          total += log1p(exp(right.has([i, j, r].join()) ? -score : score));
        }
      }
    }
  }
  return total;
}

const engine = Engine.create({ build: "plain" });
const arena = new Arena(engine.heap, 2 ** 14);
const maskSeeds = new Tape(engine, arena, { training: true, seed: tapeSeed }).nextMaskSeeds();

/** The factors that a tape of this seed draws first: what it makes of ones. */
export function dropoutMask(rows: number, columns: number, rate: number): Rows {
  arena.reset();
  const tape = new Tape(engine, arena, { training: true, seed: tapeSeed });
  const ones = tape.matrix(rows, columns);
  engine.heap.floats(ones.at, rows * ones.stride).fill(1);
  const mask = tape.read(tape.apply(operations.dropout, { input: ones, rate }));
  return Array.from({ length: rows }, (_, i) => Array.from(mask.subarray(i * columns, (i + 1) * columns)));
}
