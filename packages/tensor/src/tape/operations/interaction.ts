import { ShapeError } from "../../errors.ts";
import type { Address } from "../../kernels/kernels.ts";
import type { Matrix } from "../../tensor/matrix.ts";
import type { Parameter } from "../../tensor/parameter-store.ts";
import type { Operation } from "../tape.ts";
import { multiplyBy, multiplyByGradient } from "./linear.ts";

/** A GRU cell, with the gates r, z, n as three blocks of columns. */
export interface GruParameters {
  /** [inputs, 3·D] in 3 blocks */
  readonly input: Parameter;
  /** [D, 3·D] in 3 blocks */
  readonly hidden: Parameter;
  /** [1, 3·D] in 3 blocks each */
  readonly inputBias: Parameter;
  readonly hiddenBias: Parameter;
}

export interface GruInput {
  /** What the cell reads, [N, inputs]. */
  readonly input: Matrix;
  /** Its state, [N, D]. */
  readonly hidden: Matrix;
  readonly cell: GruParameters;
}

export interface GruSaved extends GruInput {
  readonly fromInput: Address;
  readonly fromHidden: Address;
  readonly output: Matrix;
}

/**
 * One GRU step for each row: r, z = σ(·), n = tanh(x W_n + r ∗ (h U_n)), (1 − z) ∗ n + z ∗ h
 * (Cho et al. 2014, as in cuDNN).
 *
 * @throws {ShapeError} if the cell is not as wide as the state
 */
export const gru: Operation<GruInput, Matrix, GruSaved> = {
  forward(tape, { input, hidden, cell }) {
    checkWidth(hidden, cell.hidden, 3);
    const n = hidden.rows;
    const fromInput = tape.scratch(n * cell.input.stride);
    const fromHidden = tape.scratch(n * cell.hidden.stride);
    multiplyBy(tape, input, cell.input, cell.inputBias, fromInput);
    multiplyBy(tape, hidden, cell.hidden, cell.hiddenBias, fromHidden);
    const output = tape.matrix(n, hidden.columns); // [N, D]
    tape.kernels.gruForward({ m: n, width: hidden.stride, fromInput, fromHidden, hidden: hidden.at, out: output.at });
    return { output, saved: { input, hidden, cell, fromInput, fromHidden, output } };
  },

  backward(tape, { input, hidden, cell, fromInput, fromHidden, output }) {
    const dHidden = tape.gradientRoom(hidden);
    tape.kernels.gruBackward({
      m: hidden.rows,
      width: hidden.stride,
      gates: fromInput,
      fromHidden,
      hidden: hidden.at,
      dOut: output.grad,
      dHidden,
    });
    multiplyByGradient(tape, input, cell.input, cell.inputBias, fromInput);
    multiplyByGradient(tape, hidden, cell.hidden, cell.hiddenBias, fromHidden);
  },
};

/**
 * RIN's interaction cell (Sun et al. 2020, eq. 4): update and reset gate as two blocks of columns,
 * then the candidate. It has no biases.
 */
export interface InteractionParameters {
  /**
   * [D, 2·D] and [inputs, 2·D] in 2 blocks: W_z and W_u, split into their columns for h and for y
   */
  readonly gatesHidden: Parameter;
  readonly gatesInput: Parameter;
  /** [D, D] and [inputs, D]: W_o, split likewise */
  readonly freshHidden: Parameter;
  readonly freshInput: Parameter;
}

export interface InteractionInput {
  readonly input: Matrix;
  readonly hidden: Matrix;
  readonly cell: InteractionParameters;
}

export interface InteractionSaved extends InteractionInput {
  readonly gates: Address;
  readonly kept: Matrix;
  readonly fresh: Address;
  readonly output: Matrix;
}

/**
 * Sun et al. 2020, eq. 4: z, u = σ(W (h ⊕ y)), ȟ = tanh(W_o ((u ∗ h) ⊕ y)), (1 − z) ∗ h + z ∗ ȟ.
 *
 * @throws {ShapeError} if the cell is not as wide as the state
 */
export const interaction: Operation<InteractionInput, Matrix, InteractionSaved> = {
  forward(tape, { input, hidden, cell }) {
    checkWidth(hidden, cell.gatesHidden, 2);
    const { kernels } = tape;
    const n = hidden.rows;
    const gates = tape.scratch(n * cell.gatesHidden.stride);
    const fresh = tape.scratch(n * hidden.stride);
    multiplyBy(tape, input, cell.gatesInput, undefined, gates);
    addProduct(hidden, cell.gatesHidden, gates);
    const kept = tape.matrix(n, hidden.columns); // u ∗ h, [N, D]
    kernels.interactionGates({ m: n, width: hidden.stride, gates, hidden: hidden.at, kept: kept.at });
    multiplyBy(tape, input, cell.freshInput, undefined, fresh);
    addProduct(kept, cell.freshHidden, fresh);
    const output = tape.matrix(n, hidden.columns); // [N, D]
    kernels.interactionOutput({ m: n, width: hidden.stride, gates, hidden: hidden.at, fresh, out: output.at });
    return { output, saved: { input, hidden, cell, gates, kept, fresh, output } };

    function addProduct(x: Matrix, weight: Parameter, out: Address): void {
      kernels.gemm({
        m: n,
        n: weight.stride,
        k: x.columns,
        a: x.at,
        aStride: x.stride,
        b: weight.at,
        bStride: weight.stride,
        c: out,
        cStride: weight.stride,
        accumulate: 1,
      });
    }
  },

  backward(tape, { input, hidden, cell, gates, kept, fresh, output }) {
    const { kernels } = tape;
    const n = hidden.rows;
    const dHidden = tape.gradientRoom(hidden);
    kernels.interactionOutputBackward({
      m: n,
      width: hidden.stride,
      gates,
      hidden: hidden.at,
      fresh,
      dOut: output.grad,
      dHidden,
    });
    multiplyByGradient(tape, input, cell.freshInput, undefined, fresh);
    multiplyByGradient(tape, kept, cell.freshHidden, undefined, fresh);
    kernels.interactionGatesBackward({ m: n, width: hidden.stride, gates, hidden: hidden.at, dKept: kept.grad, dHidden });
    multiplyByGradient(tape, input, cell.gatesInput, undefined, gates);
    multiplyByGradient(tape, hidden, cell.gatesHidden, undefined, gates);
  },
};

function checkWidth(hidden: Matrix, weight: Parameter, gates: number): void {
  if (weight.columns !== gates * hidden.columns || weight.stride !== gates * hidden.stride) {
    throw new ShapeError(
      `${weight.name} needs ${gates} blocks as wide as the state, ${hidden.columns}, but has ${weight.columns} columns in ${weight.blocks}`,
    );
  }
}
