import { ShapeError } from "../../errors.ts";
import type { Address } from "../../kernels/kernels.ts";
import type { Matrix } from "../../tensor/matrix.ts";
import type { Parameter } from "../../tensor/parameter-store.ts";
import type { Operation, Tape } from "../tape.ts";

export interface BatchNormInput {
  /** x, [N, D] */
  readonly input: Matrix;
  /** γ, [1, D] */
  readonly scale: Parameter;
  /** β, [1, D] */
  readonly shift: Parameter;
  /** The running mean and variance of x, [1, D] each, parameters of kind `running`. */
  readonly mean: Parameter;
  readonly variance: Parameter;
  /** The share of the running statistics that a step of training keeps. */
  readonly momentum: number;
  /** ε, above 0, which keeps a constant column finite. */
  readonly epsilon: number;
}

export interface Saved extends BatchNormInput {
  readonly output: Matrix;
  /** The moments that normalised the rows, [D] each. */
  readonly moments: Moments;
}

interface Moments {
  readonly mean: Address;
  readonly variance: Address;
}

/**
 * γ·(x − E[x]) / √(Var[x] + ε) + β, column by column: batch normalisation (Ioffe and Szegedy 2015,
 * algorithm 1). In training the moments are those of the rows given (the variance divides by N),
 * and the tape keeps them for `updateRunning`. Outside training they are the running ones
 * (algorithm 2).
 *
 * @throws {ShapeError} if a parameter is not [1, D]
 */
export const batchNorm: Operation<BatchNormInput, Matrix, Saved> = {
  forward(tape, from) {
    checkShapes(from);
    const { input, scale, shift, mean, variance, momentum, epsilon } = from;
    const { rows, columns, stride, at } = input;
    const moments = tape.training ? momentsOf(tape, input) : { mean: mean.at, variance: variance.at };
    if (tape.training && rows > 0) {
      const [means, variances] = [tape.heap.floats(moments.mean, columns), tape.heap.floats(moments.variance, columns)];
      tape.statistics.push({ mean, variance, momentum, rows, means: means.slice(), variances: variances.slice() });
    }
    const output = tape.matrix(rows, columns); // [N, D]
    tape.kernels.normaliseRows({
      m: rows,
      width: stride,
      x: at,
      mean: moments.mean,
      variance: moments.variance,
      epsilon,
      scale: scale.at,
      shift: shift.at,
      y: output.at,
    });
    return { output, saved: { ...from, output, moments } };
  },

  backward(tape, { input, scale, shift, epsilon, output, moments }) {
    const { rows, stride, at } = input;
    tape.kernels.normaliseRowsBackward({
      m: rows,
      width: stride,
      x: at,
      mean: moments.mean,
      variance: moments.variance,
      epsilon,
      scale: scale.at,
      share: tape.training ? 1 / Math.max(1, rows) : 0,
      dy: output.grad,
      dx: tape.gradientRoom(input),
      dScale: tape.gradientOf(scale),
      dShift: tape.gradientOf(shift),
    });
  },
};

/** Without rows the moments are zero, and nothing is normalised. */
function momentsOf(tape: Tape, { rows, stride, at }: Matrix): Moments {
  const moments = { mean: tape.zeroed(stride), variance: tape.zeroed(stride) };
  if (rows > 0) tape.kernels.columnMoments({ m: rows, width: stride, x: at, mean: moments.mean, variance: moments.variance });
  return moments;
}

function checkShapes({ input, scale, shift, mean, variance }: BatchNormInput): void {
  for (const { name, rows, columns } of [scale, shift, mean, variance]) {
    if (rows === 1 && columns === input.columns) continue;
    throw new ShapeError(`${name} is [${rows}, ${columns}], but the matrix to normalise has ${input.columns} columns`);
  }
}
