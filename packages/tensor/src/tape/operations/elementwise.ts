import { ShapeError } from "../../errors.ts";
import type { Address } from "../../kernels/kernels.ts";
import type { Matrix } from "../../tensor/matrix.ts";
import type { Operation } from "../tape.ts";

/**
 * The sum of matrices of one shape, [N, D].
 *
 * @throws {ShapeError} if their shapes differ, or there are none
 */
export const sum: Operation<readonly Matrix[], Matrix, { terms: readonly Matrix[]; output: Matrix }> = {
  forward(tape, terms) {
    const first = terms[0];
    if (first === undefined) throw new ShapeError("a sum needs at least one matrix");
    const output = tape.matrix(first.rows, first.columns);
    const size = first.rows * first.stride;
    tape.heap.u8.copyWithin(output.at, first.at, first.at + size * 4);
    for (const term of terms.slice(1)) {
      if (term.rows !== first.rows || term.columns !== first.columns) {
        throw new ShapeError(`cannot add [${term.rows}, ${term.columns}] to [${first.rows}, ${first.columns}]`);
      }
      tape.kernels.add({ n: size, x: term.at, y: output.at });
    }
    return { output, saved: { terms, output } };
  },

  backward(tape, { terms, output }) {
    for (const term of terms) {
      if (term.grad !== 0) tape.kernels.add({ n: output.rows * output.stride, x: output.grad, y: term.grad });
    }
  },
};

/** The larger of two matrices, cell by cell; where both are equal the first gets the gradient. */
export const maximum: Operation<readonly [Matrix, Matrix], Matrix, { pair: readonly [Matrix, Matrix]; output: Matrix }> = {
  forward(tape, [x, y]) {
    const output = tape.matrix(x.rows, x.columns);
    const size = x.rows * x.stride;
    const { f32 } = tape.heap;
    for (let i = 0; i < size; i++) f32[output.at / 4 + i] = Math.max(f32[x.at / 4 + i] ?? 0, f32[y.at / 4 + i] ?? 0);
    return { output, saved: { pair: [x, y], output } };
  },

  backward(tape, { pair: [x, y], output }) {
    const { f32 } = tape.heap;
    for (let i = 0; i < output.rows * output.stride; i++) {
      const winner = (f32[x.at / 4 + i] ?? 0) >= (f32[y.at / 4 + i] ?? 0) ? x : y;
      if (winner.grad !== 0) f32[winner.grad / 4 + i] = (f32[winner.grad / 4 + i] ?? 0) + (f32[output.grad / 4 + i] ?? 0);
    }
  },
};

export interface DropoutInput {
  readonly input: Matrix;
  /** The share of cells set to zero, 0 ≤ rate < 1. */
  readonly rate: number;
  /**
   * Where each run of rows that shares one mask starts, and where the last one ends: dropout takes
   * whole columns of a sentence (spatial dropout, Tompson et al. 2015). Defaults to a mask for each
   * row.
   */
  readonly shared?: Int32Array | undefined;
}

/**
 * Inverted dropout (Srivastava et al. 2014): active while training only, its mask drawn from the
 * tape's seed.
 */
export const dropout: Operation<DropoutInput, Matrix, { input: Matrix; output: Matrix; mask: Address }> = {
  forward(tape, { input, rate, shared }) {
    if (!tape.training || rate === 0) return { output: input, saved: { input, output: input, mask: 0 } };
    const output = tape.matrix(input.rows, input.columns);
    const size = input.rows * input.stride;
    const mask = tape.scratch(size);
    const [seed1, seed2] = tape.nextMaskSeeds();
    if (shared === undefined) tape.kernels.dropoutMask({ n: size, rate, seed1, seed2, mask });
    else {
      const drawn = tape.scratch((shared.length - 1) * input.stride);
      tape.kernels.dropoutMask({ n: (shared.length - 1) * input.stride, rate, seed1, seed2, mask: drawn });
      const bytes = input.stride * 4;
      for (let run = 0; run + 1 < shared.length; run++) {
        const from = drawn + run * bytes;
        for (let row = shared[run] ?? 0; row < (shared[run + 1] ?? 0); row++) {
          tape.heap.u8.copyWithin(mask + row * bytes, from, from + bytes);
        }
      }
    }
    tape.kernels.multiply({ n: size, x1: input.at, x2: mask, y: output.at, accumulate: 0 });
    return { output, saved: { input, output, mask } };
  },

  backward(tape, { input, output, mask }) {
    if (mask !== 0 && input.grad !== 0) {
      tape.kernels.multiply({ n: input.rows * input.stride, x1: output.grad, x2: mask, y: input.grad, accumulate: 1 });
    }
  },
};

export interface Activated {
  readonly input: Matrix;
  readonly output: Matrix;
}

/** Softmax over each row, [N, D] to [N, D]: probabilities that sum to one. */
export const softmax: Operation<Matrix, Matrix, Activated> = {
  forward(tape, input) {
    const output = tape.matrix(input.rows, input.columns);
    tape.kernels.softmaxRows({ m: input.rows, columns: input.columns, stride: input.stride, x: input.at, y: output.at });
    return { output, saved: { input, output } };
  },

  backward(tape, { input, output }) {
    if (input.grad !== 0)
      tape.kernels.softmaxBackward({ m: input.rows, stride: input.stride, y: output.at, dy: output.grad, dx: input.grad });
  },
};

/** 1 / (1 + e^−x) of each cell, [N, D] to [N, D]. */
export const sigmoid: Operation<Matrix, Matrix, Activated> = {
  forward(tape, input) {
    const output = tape.matrix(input.rows, input.columns);
    tape.kernels.sigmoidRows({ m: input.rows, columns: input.columns, stride: input.stride, x: input.at, y: output.at });
    return { output, saved: { input, output } };
  },

  backward(tape, { input, output }) {
    if (input.grad !== 0)
      tape.kernels.sigmoidBackward({ n: input.rows * input.stride, y: output.at, dy: output.grad, dx: input.grad });
  },
};

/** tanh x of each cell, [N, D] to [N, D]. */
export const tanh: Operation<Matrix, Matrix, Activated> = {
  forward(tape, input) {
    const output = tape.matrix(input.rows, input.columns);
    tape.kernels.tanhForward({ n: input.rows * input.stride, x: input.at, y: output.at });
    return { output, saved: { input, output } };
  },

  backward(tape, { input, output }) {
    if (input.grad !== 0)
      tape.kernels.tanhBackward({ n: input.rows * input.stride, y: output.at, dy: output.grad, dx: input.grad });
  },
};

/** max(x, 0) of each cell, [N, D] to [N, D]. */
export const relu: Operation<Matrix, Matrix, Activated> = {
  forward(tape, input) {
    const output = tape.matrix(input.rows, input.columns);
    tape.kernels.reluForward({ n: input.rows * input.stride, x: input.at, y: output.at });
    return { output, saved: { input, output } };
  },

  backward(tape, { input, output }) {
    if (input.grad !== 0)
      tape.kernels.reluBackward({ n: input.rows * input.stride, y: output.at, dy: output.grad, dx: input.grad });
  },
};

/**
 * x·Φ(x) of each cell, [N, D] to [N, D], with the normal distribution itself and not its
 * approximation by tanh: Hendrycks and Gimpel 2016.
 */
export const gelu: Operation<Matrix, Matrix, Activated> = {
  forward(tape, input) {
    const output = tape.matrix(input.rows, input.columns);
    tape.kernels.geluForward({ n: input.rows * input.stride, x: input.at, y: output.at });
    return { output, saved: { input, output } };
  },

  backward(tape, { input, output }) {
    if (input.grad !== 0)
      tape.kernels.geluBackward({ n: input.rows * input.stride, x: input.at, dy: output.grad, dx: input.grad });
  },
};
