import type { Matrix } from "../../tensor/matrix.ts";
import type { Operation } from "../tape.ts";

export interface SoftmaxLossInput {
  /** Scores before the softmax, [N, classes]. */
  readonly scores: Matrix;
  /** The right class of each row; −1 skips the row. */
  readonly gold: Int32Array;
  /** Factor of each row; defaults to 1. */
  readonly weights?: Float32Array | undefined;
  /** Factor of the whole loss in the objective, for the gradient. */
  readonly factor: number;
}

/**
 * Σ of the softmax cross-entropy over rows, not yet multiplied by the factor. Adds its gradient to
 * the scores at once.
 */
export const softmaxLoss: Operation<SoftmaxLossInput, number, undefined> = {
  forward(tape, { scores, gold, weights, factor }) {
    const { rows, columns, stride, at, grad } = scores;
    const p = tape.scratch(rows * stride);
    tape.kernels.softmaxRows({ m: rows, columns, stride, x: at, y: p });
    const weightsAt = weights === undefined ? 0 : tape.scratch(weights.length);
    if (weights !== undefined) tape.heap.f32.set(weights, weightsAt / 4);
    const total = tape.kernels.softmaxLoss({
      m: rows,
      stride,
      p,
      gold: tape.integers(gold),
      weights: weightsAt,
      factor,
      dx: grad,
    });
    return { output: total, saved: undefined };
  },

  backward() {
    // A loss ends the chain: its gradient was added where it was computed.
  },
};
