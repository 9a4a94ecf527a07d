import { ShapeError } from "../../errors.ts";
import type { Address } from "../../kernels/kernels.ts";
import { type Matrix, padded } from "../../tensor/matrix.ts";
import type { Parameter } from "../../tensor/parameter-store.ts";
import type { Operation, Tape } from "../tape.ts";

/**
 * Scores word pairs: score_r(i, j) = w_r · relu(a_i + b_j) + bias_r for all words i, j of a
 * sentence (Sun et al. 2020, eq. 7, factorised).
 */
export interface PairScorer {
  /** The first word's term of W_m, including the layer's bias, [ΣN, D]. */
  readonly a: Matrix;
  /** The second word's term of W_m, [ΣN, D]. */
  readonly b: Matrix;
  /** [D, R] */
  readonly weight: Parameter;
  /** [1, R] */
  readonly bias: Parameter;
  readonly offsets: Int32Array;
  /** Whether a word pairs with itself. */
  readonly diagonal: boolean;
}

export interface MaxSaved {
  readonly scorer: PairScorer;
  readonly output: Matrix;
  readonly arg: Address;
}

/**
 * Eq. 5: for every word and relation the highest probability over its partners, [ΣN, R]. The
 * gradient visits only the cells that won.
 *
 * @throws {ShapeError} if the scorer's matrices and parameters do not fit together
 */
export const pairMax: Operation<PairScorer, Matrix, MaxSaved> = {
  forward(tape, scorer) {
    checkScorer(scorer);
    const { a, weight } = scorer;
    const output = tape.matrix(a.rows, weight.columns); // [ΣN, R]
    const arg = tape.recording ? tape.scratch(a.rows * weight.stride) : 0;
    const call = { ...sentenceCall(scorer), m: 0, own: 0, scratch: rowScratch(tape, scorer), y: 0, arg: 0 };
    forEachSentence(scorer, call, (start) => {
      const cells = start * weight.stride * 4;
      call.m = call.n;
      call.y = output.at + cells;
      call.arg = arg === 0 ? 0 : arg + cells;
      tape.kernels.pairMax(call);
    });
    return { output, saved: { scorer, output, arg } };
  },

  backward(tape, { scorer, output, arg }) {
    const { a, b, weight, bias } = scorer;
    const width = padded(weight.rows);
    const dTransposed = tape.zeroed(weight.columns * width);
    const [dA, dB] = [tape.gradientRoom(a), tape.gradientRoom(b)];
    const call = sentenceCall(scorer);
    forEachSentence(scorer, call, (start) => {
      const cells = start * weight.stride * 4;
      const rows = start * a.stride * 4;
      tape.kernels.pairMaxBackward({
        ...call,
        wt: weight.transposed,
        y: output.at + cells,
        arg: arg + cells,
        dy: output.grad + cells,
        dA: dA + rows,
        dB: dB + rows,
        dWt: dTransposed,
        dBias: tape.gradientOf(bias),
      });
    });
    tape.kernels.transposeAdd({
      m: weight.columns,
      n: weight.rows,
      x: dTransposed,
      xStride: width,
      y: tape.gradientOf(weight),
      yStride: weight.stride,
    });
  },
};

/** Some words of packed sentences. A sentence may have none. */
export interface ChosenWords {
  /** Their rows among all words, sentence by sentence, [M]. */
  readonly rows: Int32Array;
  /** The place of each in its sentence, [M]. */
  readonly places: Int32Array;
  /** Where the words of each sentence start among the chosen, then the end of the last. */
  readonly offsets: Int32Array;
}

/**
 * The rows of `pairMax` for some words only, bit by bit, without a gradient.
 *
 * @param scorer with the chosen words' rows alone in `a`, [M, D]
 * @returns [M, R]
 * @throws {ShapeError} if the scorer's matrices, its parameters and the words do not fit together
 */
export function pairMaxOf(tape: Tape, { a, ...scorer }: PairScorer, words: ChosenWords): Matrix {
  const all = { ...scorer, a: scorer.b };
  checkScorer(all);
  if (a.columns !== scorer.b.columns || a.rows !== words.places.length) {
    throw new ShapeError(`[${a.rows}, ${a.columns}] are not the terms of ${words.places.length} words`);
  }
  const { weight } = scorer;
  const output = tape.matrix(a.rows, weight.columns); // [M, R]
  const own = tape.integers(words.places);
  const call = { ...sentenceCall(all), m: 0, own, scratch: rowScratch(tape, all), y: 0, arg: 0 };
  forEachSentence(all, call, (_start, s) => {
    const first = words.offsets[s] ?? 0;
    call.m = (words.offsets[s + 1] ?? first) - first;
    if (call.m === 0) return;
    call.own = own + first * 4;
    call.a = a.at + first * a.stride * 4;
    call.y = output.at + first * weight.stride * 4;
    tape.kernels.pairMax(call);
  });
  return output;
}

export interface PairLossInput extends PairScorer {
  /**
   * One flat list of triples i, j, r per sentence, with positions within the sentence, sorted and
   * without duplicates.
   */
  readonly gold: readonly Int32Array[];
  /** Factor of the loss in the objective, for the gradient. */
  readonly factor: number;
}

/**
 * Eq. 8: Σ of the sigmoid cross-entropy over all cells of all sentences. Scores, loss and gradient
 * are computed in one pass, and nothing of size N² is kept.
 *
 * @throws {ShapeError} if the scorer's matrices and parameters do not fit together
 */
export const pairLoss: Operation<PairLossInput, number, undefined> = {
  forward(tape, input) {
    checkScorer(input);
    const { a, b, weight, bias, gold, factor } = input;
    const scratch = rowScratch(tape, input);
    const slopes = tape.recording ? { dA: tape.gradientRoom(a), dB: tape.gradientRoom(b) } : undefined;
    const call = sentenceCall(input);
    let total = 0;
    forEachSentence(input, call, (start, index) => {
      const cells = gold[index] ?? new Int32Array(0);
      const rows = start * a.stride * 4;
      total += tape.kernels.pairLoss({
        ...call,
        gold: tape.integers(cells),
        count: cells.length / 3,
        weight: factor,
        wt: slopes === undefined ? 0 : weight.transposed,
        scratch,
        dA: slopes === undefined ? 0 : slopes.dA + rows,
        dB: slopes === undefined ? 0 : slopes.dB + rows,
        dW: tape.gradientOf(weight),
        dBias: tape.gradientOf(bias),
      });
    });
    return { output: total, saved: undefined };
  },

  backward() {
    // A loss ends the chain: its gradient was added where it was computed.
  },
};

/** A cell of the relation table that reached its threshold: word i, word j, relation r. */
export interface PairCell {
  readonly i: number;
  readonly j: number;
  readonly r: number;
  readonly probability: number;
}

/**
 * Finds the cells of each sentence whose probability reaches the threshold of their relation.
 *
 * @param thresholds one per relation, [R], each between 0 and 1
 */
export function predictPairs(tape: Tape, scorer: PairScorer, thresholds: ArrayLike<number>): PairCell[][] {
  checkScorer(scorer);
  const { weight } = scorer;
  const limits = tape.zeroed(weight.stride);
  for (let r = 0; r < weight.columns; r++) tape.heap.f32[limits / 4 + r] = logit(thresholds[r] ?? 0.5);
  const found: PairCell[][] = [];
  let room = 64;
  let out = tape.scratch(room * 4);
  const call = { ...sentenceCall(scorer), thresholds: limits, scratch: rowScratch(tape, scorer), out, limit: room };
  forEachSentence(scorer, call, () => {
    let count = call.n === 0 ? 0 : tape.kernels.pairPredict(call);
    if (count > room) {
      room = count;
      out = tape.scratch(room * 4);
      call.out = out;
      call.limit = room;
      count = tape.kernels.pairPredict(call);
    }
    found.push(readCells(tape, out, count));
  });
  return found;
}

/**
 * Computes all probabilities of one sentence's pairs, [N, N, R] without padding, for tests, plots
 * and sampling.
 */
export function pairProbabilities(tape: Tape, scorer: PairScorer, sentence: number): Float32Array {
  const call = sentenceCall(scorer);
  const scratch = rowScratch(tape, scorer);
  let values: Float32Array = new Float32Array(0);
  forEachSentence(scorer, call, (_start, index) => {
    if (index !== sentence) return;
    const { n, columns, stride } = call;
    const p = tape.scratch(n * n * stride);
    tape.kernels.pairProbabilities({ ...call, scratch, p });
    values = tape.read({ rows: n * n, columns, stride, at: p, grad: 0 });
  });
  return values;
}

/**
 * The fields that every kernel of pairs reads, for one sentence. One call object serves all
 * sentences, because short ones would pay for an object each.
 */
interface SentenceCall {
  n: number;
  readonly width: number;
  readonly columns: number;
  readonly stride: number;
  readonly diagonal: number;
  a: Address;
  b: Address;
  readonly w: Address;
  readonly bias: Address;
}

function sentenceCall({ a, b, weight, bias, diagonal }: PairScorer): SentenceCall {
  const { at: w, columns, stride } = weight;
  return { n: 0, width: a.stride, columns, stride, diagonal: diagonal ? 1 : 0, a: a.at, b: b.at, w, bias: bias.at };
}

/** Points the call to each sentence in turn. */
function forEachSentence({ a, b, offsets }: PairScorer, call: SentenceCall, visit: (start: number, index: number) => void): void {
  for (let s = 0; s + 1 < offsets.length; s++) {
    const start = offsets[s] ?? 0;
    const rows = start * a.stride * 4;
    call.n = (offsets[s + 1] ?? start) - start;
    call.a = a.at + rows;
    call.b = b.at + rows;
    visit(start, s);
  }
}

/**
 * Room for one row of pairs of the longest sentence: relu(a_i + b_j), its scores, and its gradient.
 */
function rowScratch(tape: Tape, { a, weight, offsets }: PairScorer): Address {
  let longest = 0;
  for (let s = 0; s + 1 < offsets.length; s++) longest = Math.max(longest, (offsets[s + 1] ?? 0) - (offsets[s] ?? 0));
  return tape.scratch(padded(longest) * (2 * a.stride + weight.stride));
}

function checkScorer({ a, b, weight, bias }: PairScorer): void {
  if (a.columns !== weight.rows || b.columns !== weight.rows || a.rows !== b.rows || bias.columns !== weight.columns) {
    throw new ShapeError(
      `pairs of [${a.rows}, ${a.columns}] and [${b.rows}, ${b.columns}] do not fit ${weight.name} [${weight.rows}, ${weight.columns}]`,
    );
  }
}

function readCells(tape: Tape, at: Address, count: number): PairCell[] {
  const { f32, i32 } = tape.heap;
  return Array.from({ length: count }, (_, k) => {
    const word = at / 4 + k * 4;
    return { i: i32[word] ?? 0, j: i32[word + 1] ?? 0, r: i32[word + 2] ?? 0, probability: f32[word + 3] ?? 0 };
  });
}

function logit(probability: number): number {
  if (probability <= 0) return -Infinity;
  if (probability >= 1) return Infinity;
  return Math.log(probability / (1 - probability));
}
