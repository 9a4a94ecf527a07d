import { ShapeError } from "../../errors.ts";
import type { Address } from "../../kernels/kernels.ts";
import { type Matrix, padded } from "../../tensor/matrix.ts";
import type { Parameter } from "../../tensor/parameter-store.ts";
import type { Operation, Tape } from "../tape.ts";

/** The scorer of word pairs: score_r(i, j) = w_r · relu(a_i + b_j) + bias_r, for all i, j of a sentence (Sun et al. 2020, eq. 7, factorised). */
export interface PairScorer {
  /** The share of the first word, with the layer's bias: [ΣN, D]. */
  readonly a: Matrix;
  /** The share of the second word, [ΣN, D]. */
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

/** Eq. 5: for every word and relation the highest probability over its partners, [ΣN, R]. The gradient visits only the cells that won. */
export const pairMax: Operation<PairScorer, Matrix, MaxSaved> = {
  forward(tape, scorer) {
    checkScorer(scorer);
    const { a, weight, bias } = scorer;
    const output = tape.matrix(a.rows, weight.columns); // [ΣN, R]
    const arg = tape.scratch(a.rows * weight.stride);
    const scratch = rowScratch(tape, scorer);
    forEachSentence(scorer, (start, n, aAt, bAt) => {
      const cells = start * weight.stride * 4;
      tape.kernels.pairMax(
        n,
        a.stride,
        weight.columns,
        weight.stride,
        scorer.diagonal ? 1 : 0,
        aAt,
        bAt,
        weight.at,
        bias.at,
        scratch,
        output.at + cells,
        arg + cells,
      );
    });
    return { output, saved: { scorer, output, arg } };
  },

  backward(tape, { scorer, output, arg }) {
    const { a, b, weight, bias } = scorer;
    const width = padded(weight.rows);
    const dTransposed = tape.zeroed(weight.columns * width);
    const [dA, dB] = [tape.gradientRoom(a), tape.gradientRoom(b)];
    forEachSentence(scorer, (start, n, aAt, bAt) => {
      const cells = start * weight.stride * 4;
      const rows = start * a.stride * 4;
      tape.kernels.pairMaxBackward(
        n,
        a.stride,
        weight.columns,
        weight.stride,
        aAt,
        bAt,
        weight.transposed,
        output.at + cells,
        arg + cells,
        output.grad + cells,
        dA + rows,
        dB + rows,
        dTransposed,
        tape.gradientOf(bias),
      );
    });
    tape.kernels.transposeAdd(weight.columns, weight.rows, dTransposed, width, tape.gradientOf(weight), weight.stride);
  },
};

export interface PairLossInput extends PairScorer {
  /** One list a sentence: triples i, j, r in a row, positions within the sentence, sorted by i, j, r and without repeats. */
  readonly gold: readonly Int32Array[];
  /** Factor of the loss in the objective, for the gradient. */
  readonly factor: number;
}

/** Eq. 8: Σ of the sigmoid cross-entropy over all cells of all sentences. Scores, loss and gradient in one pass; nothing of size N² stays. */
export const pairLoss: Operation<PairLossInput, number, undefined> = {
  forward(tape, input) {
    checkScorer(input);
    const { a, b, weight, bias, gold, factor } = input;
    const scratch = rowScratch(tape, input);
    const [dA, dB] = tape.recording ? [tape.gradientRoom(a), tape.gradientRoom(b)] : [0, 0];
    let total = 0;
    forEachSentence(input, (start, n, aAt, bAt, index) => {
      const cells = gold[index] ?? new Int32Array(0);
      const rows = start * a.stride * 4;
      total += tape.kernels.pairLoss(
        n,
        a.stride,
        weight.columns,
        weight.stride,
        input.diagonal ? 1 : 0,
        aAt,
        bAt,
        weight.at,
        bias.at,
        tape.integers(cells),
        cells.length / 3,
        factor,
        tape.recording ? weight.transposed : 0,
        scratch,
        dA + rows,
        dB + rows,
        tape.gradientOf(weight),
        tape.gradientOf(bias),
      );
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

/** The cells of each sentence whose probability reaches the threshold of their relation (one of [R], between 0 and 1). */
export function predictPairs(tape: Tape, scorer: PairScorer, thresholds: ArrayLike<number>): PairCell[][] {
  checkScorer(scorer);
  const { a, weight, bias } = scorer;
  const limits = tape.zeroed(weight.stride);
  for (let r = 0; r < weight.columns; r++) tape.heap.f32[limits / 4 + r] = logit(thresholds[r] ?? 0.5);
  const scratch = rowScratch(tape, scorer);
  const found: PairCell[][] = [];
  forEachSentence(scorer, (_start, n, aAt, bAt) => {
    let room = 64;
    for (;;) {
      const out = tape.scratch(room * 4);
      const count = tape.kernels.pairPredict(
        n,
        a.stride,
        weight.columns,
        weight.stride,
        scorer.diagonal ? 1 : 0,
        aAt,
        bAt,
        weight.at,
        bias.at,
        limits,
        scratch,
        out,
        room,
      );
      if (count <= room) {
        found.push(readCells(tape, out, count));
        return;
      }
      room = count;
    }
  });
  return found;
}

/** All probabilities of one sentence's pairs, [N, N, R] without padding; for tests, plots and sampling. */
export function pairProbabilities(tape: Tape, scorer: PairScorer, sentence: number): Float32Array {
  const { a, weight, bias } = scorer;
  const scratch = rowScratch(tape, scorer);
  let values: Float32Array = new Float32Array(0);
  forEachSentence(scorer, (_start, n, aAt, bAt, index) => {
    if (index !== sentence) return;
    const out = tape.scratch(n * n * weight.stride);
    tape.kernels.pairProbabilities(
      n,
      a.stride,
      weight.columns,
      weight.stride,
      scorer.diagonal ? 1 : 0,
      aAt,
      bAt,
      weight.at,
      bias.at,
      scratch,
      out,
    );
    values = tape.read({ rows: n * n, columns: weight.columns, stride: weight.stride, at: out, grad: 0 });
  });
  return values;
}

function forEachSentence(
  { a, b, offsets }: PairScorer,
  visit: (start: number, n: number, aAt: Address, bAt: Address, index: number) => void,
): void {
  for (let s = 0; s + 1 < offsets.length; s++) {
    const start = offsets[s] ?? 0;
    const n = (offsets[s + 1] ?? start) - start;
    visit(start, n, a.at + start * a.stride * 4, b.at + start * b.stride * 4, s);
  }
}

/** Room for one row of pairs of the longest sentence: relu(a_i + b_j), its scores, and its gradient. */
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
