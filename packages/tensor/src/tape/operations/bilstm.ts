import type { Address } from "../../kernels/kernels.ts";
import { type Matrix, padded } from "../../tensor/matrix.ts";
import type { Parameter } from "../../tensor/parameter-store.ts";
import type { Operation, Tape } from "../tape.ts";
import { type TimeOrder, timeOrder } from "./time-order.ts";

/** One direction. The gates i, f, g, o lie side by side as four blocks. */
export interface LstmParameters {
  /** [inputs, 4·H] in 4 blocks */
  readonly input: Parameter;
  /** [H, 4·H] in 4 blocks */
  readonly hidden: Parameter;
  /** [1, 4·H] in 4 blocks */
  readonly bias: Parameter;
}

export interface BilstmInput {
  /** Sentences end to end, [ΣN, inputs]. */
  readonly input: Matrix;
  /** Where each sentence starts, and where the last one ends. */
  readonly offsets: Int32Array;
  readonly forward: LstmParameters;
  readonly backward: LstmParameters;
}

interface DirectionRun {
  readonly parameters: LstmParameters;
  readonly order: TimeOrder;
  /** The input in time order, [ΣN, inputs]. */
  readonly steps: Matrix;
  readonly gates: Address;
  readonly cells: Address;
  readonly hidden: Address;
}

export interface Saved {
  readonly input: Matrix;
  readonly output: Matrix;
  readonly runs: readonly DirectionRun[];
}

/**
 * A bidirectional LSTM (Hochreiter and Schmidhuber 1997) over packed sentences: [ΣN, inputs] to [ΣN, 2·H], forward states first.
 *
 * Sentences advance together, the longest first: step t is one product over those that still have a t-th word. Nothing is padded, so a
 * batch gives what its sentences give one by one.
 */
export const bilstm: Operation<BilstmInput, Matrix, Saved> = {
  forward(tape, { input, offsets, forward, backward }) {
    const output = tape.matrix(input.rows, forward.hidden.rows + backward.hidden.rows); // [ΣN, 2H]
    const runs = [
      runDirection(tape, input, timeOrder(offsets, false), forward, output, 0),
      runDirection(tape, input, timeOrder(offsets, true), backward, output, forward.hidden.rows),
    ];
    return { output, saved: { input, output, runs } };
  },

  backward(tape, { input, output, runs }) {
    let column = 0;
    for (const run of runs) {
      reverseDirection(tape, input, run, output, column);
      column += run.parameters.hidden.rows;
    }
  },
};

function runDirection(
  tape: Tape,
  input: Matrix,
  order: TimeOrder,
  parameters: LstmParameters,
  output: Matrix,
  column: number,
): DirectionRun {
  const { kernels } = tape;
  const { input: weight, hidden: recurrent, bias } = parameters;
  const total = input.rows;
  const size = recurrent.rows;
  const width = padded(size);
  const wide = 4 * width;
  const steps = tape.matrix(total, input.columns, { grad: false });
  kernels.gatherRows(total, input.stride, tape.integers(order.rows), input.at, input.stride, steps.at, steps.stride);
  const gates = tape.scratch(total * wide);
  kernels.fillRows(total, wide, bias.at, gates, wide);
  kernels.gemm(total, wide, input.columns, steps.at, steps.stride, weight.at, weight.stride, gates, wide, 1);
  const cells = tape.scratch(total * width);
  const hidden = tape.scratch(total * width);
  for (let t = 0; t + 1 < order.steps.length; t++) {
    const start = order.steps[t] ?? 0;
    const active = (order.steps[t + 1] ?? start) - start;
    const before = t === 0 ? -1 : (order.steps[t - 1] ?? 0);
    const at = gates + start * wide * 4;
    if (before >= 0) {
      kernels.gemm(active, wide, size, hidden + before * width * 4, width, recurrent.at, recurrent.stride, at, wide, 1);
    }
    const previous = before < 0 ? 0 : cells + before * width * 4;
    kernels.lstmForward(active, width, at, previous, cells + start * width * 4, hidden + start * width * 4);
  }
  kernels.gatherRows(total, size, tape.integers(order.visits), hidden, width, output.at + column * 4, output.stride);
  return { parameters, order, steps, gates, cells, hidden };
}

function reverseDirection(tape: Tape, input: Matrix, run: DirectionRun, output: Matrix, column: number): void {
  const { kernels } = tape;
  const { order, gates, cells, hidden, steps } = run;
  const { input: weight, hidden: recurrent, bias } = run.parameters;
  const total = input.rows;
  const size = recurrent.rows;
  const width = padded(size);
  const wide = 4 * width;
  const rows = tape.integers(order.rows);
  const dHidden = tape.zeroed(total * width);
  kernels.gatherRows(total, size, rows, output.grad + column * 4, output.stride, dHidden, width);
  const dCells = tape.zeroed(total * width);
  const dWeight = tape.gradientOf(recurrent);
  for (let t = order.steps.length - 2; t >= 0; t--) {
    const start = order.steps[t] ?? 0;
    const active = (order.steps[t + 1] ?? start) - start;
    const before = t === 0 ? -1 : (order.steps[t - 1] ?? 0);
    const at = gates + start * wide * 4;
    const previous = before < 0 ? 0 : cells + before * width * 4;
    const dCell = dCells + start * width * 4;
    kernels.lstmBackward(active, width, at, previous, cells + start * width * 4, dHidden + start * width * 4, dCell);
    if (before < 0) continue;
    kernels.add(active * width, dCell, dCells + before * width * 4);
    const dBefore = dHidden + before * width * 4;
    kernels.gemm(active, width, recurrent.stride, at, wide, recurrent.transposed, width, dBefore, width, 1);
    kernels.gemmTransposed(size, wide, active, hidden + before * width * 4, width, at, wide, dWeight, recurrent.stride, 1);
  }
  kernels.gemmTransposed(
    input.columns,
    wide,
    total,
    steps.at,
    steps.stride,
    gates,
    wide,
    tape.gradientOf(weight),
    weight.stride,
    1,
  );
  kernels.sumRows(total, wide, gates, wide, tape.gradientOf(bias));
  if (input.grad === 0) return;
  const back = tape.scratch(total * input.stride);
  kernels.gemm(total, input.stride, weight.stride, gates, wide, weight.transposed, padded(weight.rows), back, input.stride, 0);
  kernels.scatterRows(total, input.stride, rows, back, input.stride, input.grad, input.stride);
}
