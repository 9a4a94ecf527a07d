import { ShapeError } from "../../errors.ts";
import type { Address } from "../../kernels/kernels.ts";
import type { Matrix } from "../../tensor/matrix.ts";
import type { Parameter } from "../../tensor/parameter-store.ts";
import type { Operation } from "../tape.ts";

/** The rows to normalise, and the scale and shift of their columns. */
export interface LayerNormInput {
  /** x, [N, D] */
  readonly input: Matrix;
  /** γ, [1, D] */
  readonly scale: Parameter;
  /** β, [1, D] */
  readonly shift: Parameter;
  /** ε, above 0, which keeps a constant row finite. */
  readonly epsilon: number;
}

export interface Saved extends LayerNormInput {
  readonly output: Matrix;
  /** The mean of each row, and 1 / √(Var + ε), [N] each. */
  readonly mean: Address;
  readonly inverse: Address;
}

/**
 * γ·(x − E[x]) / √(Var[x] + ε) + β, row by row: layer normalisation (Ba et al. 2016, eq. 4), [N, D]
 * to [N, D]. The variance divides by D. Training makes no difference.
 *
 * @throws {ShapeError} if the scale or the shift is not [1, D], or D is 0
 */
export const layerNorm: Operation<LayerNormInput, Matrix, Saved> = {
  forward(tape, from) {
    checkShapes(from);
    const { input, scale, shift, epsilon } = from;
    const { rows, columns, stride } = input;
    const output = tape.matrix(rows, columns); // [N, D]
    const [mean, inverse] = [tape.scratch(rows), tape.scratch(rows)];
    tape.kernels.layerNormForward({
      m: rows,
      columns,
      stride,
      x: input.at,
      epsilon,
      scale: scale.at,
      shift: shift.at,
      y: output.at,
      mean,
      inverse,
    });
    return { output, saved: { ...from, output, mean, inverse } };
  },

  backward(tape, { input, scale, shift, output, mean, inverse }) {
    const { rows, columns, stride } = input;
    tape.kernels.layerNormBackward({
      m: rows,
      columns,
      stride,
      x: input.at,
      mean,
      inverse,
      scale: scale.at,
      dy: output.grad,
      dx: tape.gradientRoom(input),
      dScale: tape.gradientOf(scale),
      dShift: tape.gradientOf(shift),
    });
  },
};

function checkShapes({ input, scale, shift }: LayerNormInput): void {
  if (input.columns === 0) throw new ShapeError("a row without columns cannot be normalised");
  for (const { name, rows, columns } of [scale, shift]) {
    if (rows === 1 && columns === input.columns) continue;
    throw new ShapeError(`${name} is [${rows}, ${columns}], but the matrix to normalise has ${input.columns} columns`);
  }
}
