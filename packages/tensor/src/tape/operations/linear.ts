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

/** x·W + b: [N, inputs] to [N, outputs]. */
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
  if (bias !== undefined) kernels.fillRows(input.rows, weight.stride, bias.at, out, weight.stride);
  kernels.gemm(
    input.rows,
    weight.stride,
    input.columns,
    input.at,
    input.stride,
    weight.at,
    weight.stride,
    out,
    weight.stride,
    bias === undefined ? 0 : 1,
  );
}

/** From the gradient at `dOut` [N, weight.stride] to those of W, b and, where it keeps one, the input. */
export function multiplyByGradient(
  tape: Tape,
  input: Matrix,
  weight: Parameter,
  bias: Parameter | undefined,
  dOut: number,
): void {
  const { kernels } = tape;
  kernels.gemmTransposed(
    weight.rows,
    weight.stride,
    input.rows,
    input.at,
    input.stride,
    dOut,
    weight.stride,
    tape.gradientOf(weight),
    weight.stride,
    1,
  );
  if (bias !== undefined) kernels.sumRows(input.rows, weight.stride, dOut, weight.stride, tape.gradientOf(bias));
  if (input.grad === 0) return;
  const width = padded(weight.rows);
  kernels.gemm(input.rows, width, weight.stride, dOut, weight.stride, weight.transposed, width, input.grad, input.stride, 1);
}
