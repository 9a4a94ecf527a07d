import type { Matrix } from "../../tensor/matrix.ts";
import type { Parameter } from "../../tensor/parameter-store.ts";
import type { Operation, Tape } from "../tape.ts";
import { type Chain, expectations } from "./chain.ts";

/** The learnt scores of a linear chain over T tags. */
export interface ChainParameters {
  /** From the row's tag to the column's, [T, T]. */
  readonly transitions: Parameter;
  /** Of a sentence's first and last tag, [1, T] each. */
  readonly start: Parameter;
  readonly end: Parameter;
}

export interface CrfLossInput {
  /** Scores of each token's tags, [ΣN, T]. */
  readonly scores: Matrix;
  readonly chain: ChainParameters;
  readonly offsets: Int32Array;
  /** The right tag of each token; −1 if any may be right. */
  readonly gold: Int32Array;
  /** Factor of each sentence; defaults to 1. */
  readonly weights?: Float32Array | undefined;
  /** Factor of the whole loss in the objective, for the gradient. */
  readonly factor: number;
}

/**
 * Σ −ln P(gold tags) of a conditional random field (Lafferty et al. 2001) over sentences, not yet
 * multiplied by the factor; tokens of unknown tag are summed out. Adds its gradient at once. In
 * double precision, because differences of partition functions cancel digits.
 */
export const crfLoss: Operation<CrfLossInput, number, undefined> = {
  forward(tape, { scores, chain, offsets, gold, weights, factor }) {
    let total = 0;
    for (let s = 0; s + 1 < offsets.length; s++) {
      const [start = 0, end = 0] = [offsets[s], offsets[s + 1]];
      const whole = readChain(tape, scores, chain, start, end);
      const all = expectations(whole);
      const right = expectations({ ...whole, scores: restricted(whole, gold.subarray(start, end)) });
      const weight = weights?.[s] ?? 1;
      total += weight * (all.logPartition - right.logPartition);
      if (!tape.recording) continue;
      const by = factor * weight;
      if (scores.grad !== 0)
        addDifference(tape, { ...scores, grad: scores.grad + start * scores.stride * 4 }, all.scores, right.scores, by);
      addDifference(tape, matrixOf(tape, chain.transitions), all.transitions, right.transitions, by);
      addDifference(tape, matrixOf(tape, chain.start), all.start, right.start, by);
      addDifference(tape, matrixOf(tape, chain.end), all.end, right.end, by);
    }
    return { output: total, saved: undefined };
  },

  backward() {
    // A loss ends the chain: its gradient was added where it was computed.
  },
};

/**
 * Reads the chain of the tokens from `start` to `end` out of scores, [ΣN, T], in double precision.
 */
export function readChain(tape: Tape, scores: Matrix, chain: ChainParameters, start: number, end: number): Chain {
  const plain = (at: number, rows: number, { columns, stride }: Pick<Matrix, "columns" | "stride">): Float64Array => {
    const from = tape.heap.floats(at, rows * stride);
    return Float64Array.from({ length: rows * columns }, (_, k) => from[Math.floor(k / columns) * stride + (k % columns)] ?? 0);
  };
  const { transitions, start: first, end: last } = chain;
  return {
    scores: plain(scores.at + start * scores.stride * 4, end - start, scores),
    transitions: plain(transitions.at, transitions.rows, transitions),
    start: plain(first.at, 1, first),
    end: plain(last.at, 1, last),
  };
}

/** The scores with every wrong tag forbidden. */
function restricted({ scores, start }: Chain, gold: Int32Array): Float64Array {
  const T = start.length;
  return scores.map((value, k) => {
    const right = gold[Math.floor(k / T)] ?? -1;
    return right < 0 || right === k % T ? value : -Infinity;
  });
}

function matrixOf(tape: Tape, { columns, stride, ...rest }: Parameter): Pick<Matrix, "columns" | "stride" | "grad"> {
  return { columns, stride, grad: tape.gradientOf({ columns, stride, ...rest }) };
}

function addDifference(
  tape: Tape,
  { columns, stride, grad }: Pick<Matrix, "columns" | "stride" | "grad">,
  all: Float64Array,
  right: Float64Array,
  factor: number,
): void {
  const into = tape.heap.floats(grad, Math.ceil(all.length / columns) * stride);
  for (const [k, value] of all.entries()) {
    const cell = Math.floor(k / columns) * stride + (k % columns);
    into[cell] = (into[cell] ?? 0) + factor * (value - (right[k] ?? 0));
  }
}
