import { ShapeError } from "../../errors.ts";
import { type Matrix, padded } from "../../tensor/matrix.ts";
import type { Parameter } from "../../tensor/parameter-store.ts";
import type { Operation, Tape } from "../tape.ts";

export interface LinearInput {
  readonly input: Matrix;
  /** [inputs, outputs] */
  readonly weight: Parameter;
  /** [1, outputs] */
  readonly bias?: Parameter | undefined;
}

export interface Saved extends LinearInput {
  readonly output: Matrix;
}

/**
 * x·W + b: [N, inputs] to [N, outputs].
 *
 * @throws {ShapeError} unless the weight has a row for each column of the input
 */
export const linear: Operation<LinearInput, Matrix, Saved> = {
  forward(tape, { input, weight, bias }) {
    if (input.columns !== weight.rows) {
      throw new ShapeError(`${weight.name} takes ${weight.rows} inputs, but got a matrix of ${input.columns} columns`);
    }
    const output = tape.matrix(input.rows, weight.columns); // [N, outputs]
    multiplyBy(tape, input, weight, bias, output.at);
    return { output, saved: { input, weight, bias, output } };
  },

  backward(tape, { input, weight, bias, output }) {
    multiplyByGradient(tape, input, weight, bias, output.grad);
  },
};

/** out = input·W + b into [N, weight.stride] floats at `out`. */
export function multiplyBy(tape: Tape, input: Matrix, weight: Parameter, bias: Parameter | undefined, out: number): void {
  const { kernels } = tape;
  const factors = {
    m: input.rows,
    n: weight.stride,
    k: input.columns,
    a: input.at,
    aStride: input.stride,
    b: weight.at,
    bStride: weight.stride,
  };
  if (bias === undefined) kernels.gemm({ ...factors, c: out, cStride: weight.stride, accumulate: 0 });
  else kernels.affine({ ...factors, bias: bias.at, y: out, yStride: weight.stride });
}

/**
 * From the gradient at `dOut` [N, weight.stride] to those of W, b and, if it keeps one, the input.
 */
export function multiplyByGradient(
  tape: Tape,
  input: Matrix,
  weight: Parameter,
  bias: Parameter | undefined,
  dOut: number,
): void {
  const { kernels } = tape;
  kernels.gemmTransposed({
    m: weight.rows,
    n: weight.stride,
    k: input.rows,
    a: input.at,
    aStride: input.stride,
    b: dOut,
    bStride: weight.stride,
    c: tape.gradientOf(weight),
    cStride: weight.stride,
    accumulate: 1,
  });
  if (bias !== undefined)
    kernels.sumRows({ m: input.rows, n: weight.stride, x: dOut, xStride: weight.stride, y: tape.gradientOf(bias) });
  if (input.grad === 0) return;
  const width = padded(weight.rows);
  kernels.gemm({
    m: input.rows,
    n: width,
    k: weight.stride,
    a: dOut,
    aStride: weight.stride,
    b: weight.transposed,
    bStride: width,
    c: input.grad,
    cStride: input.stride,
    accumulate: 1,
  });
}
