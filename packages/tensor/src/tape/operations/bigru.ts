import type { Address } from "../../kernels/kernels.ts";
import { type Matrix, padded } from "../../tensor/matrix.ts";
import type { Operation, Tape } from "../tape.ts";
import type { GruParameters } from "./interaction.ts";
import { multiplyBy, multiplyByGradient } from "./linear.ts";
import { type TimeOrder, timeOrder } from "./time-order.ts";

export interface BigruInput {
  /** Sequences end to end, [ΣN, inputs]. */
  readonly input: Matrix;
  /** Where each sequence starts, and where the last one ends. */
  readonly offsets: Int32Array;
  readonly forward: GruParameters;
  readonly backward: GruParameters;
}

interface DirectionRun {
  readonly cell: GruParameters;
  readonly order: TimeOrder;
  /** The input in time order, [ΣN, inputs]. */
  readonly steps: Matrix;
  readonly fromInput: Address;
  readonly fromHidden: Address;
  /** The state that every sequence begins with. */
  readonly nothing: Address;
  readonly states: Address;
}

export interface Saved {
  readonly input: Matrix;
  readonly output: Matrix;
  readonly runs: readonly DirectionRun[];
}

/**
 * A bidirectional GRU (Cho et al. 2014, biases as in cuDNN) over packed sequences: [ΣN, inputs] to [ΣN, 2·H], forward states first. Sequences
 * advance together, the longest first, as in `bilstm`.
 */
export const bigru: Operation<BigruInput, Matrix, Saved> = {
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
      column += run.cell.hidden.rows;
    }
  },
};

function runDirection(
  tape: Tape,
  input: Matrix,
  order: TimeOrder,
  cell: GruParameters,
  output: Matrix,
  column: number,
): DirectionRun {
  const { kernels } = tape;
  const total = input.rows;
  const size = cell.hidden.rows;
  const width = padded(size);
  const wide = 3 * width;
  const steps = tape.matrix(total, input.columns);
  kernels.gatherRows(total, input.stride, tape.integers(order.rows), input.at, input.stride, steps.at, steps.stride);
  const fromInput = tape.scratch(total * wide);
  multiplyBy(tape, steps, cell.input, cell.inputBias, fromInput);
  const fromHidden = tape.scratch(total * wide);
  kernels.fillRows(total, wide, cell.hiddenBias.at, fromHidden, wide);
  const nothing = tape.zeroed((order.steps[1] ?? 0) * width);
  const states = tape.scratch(total * width);
  forEachStep(order, (start, active, before) => {
    const at = fromHidden + start * wide * 4;
    const previous = before < 0 ? nothing : states + before * width * 4;
    if (before >= 0) kernels.gemm(active, wide, size, previous, width, cell.hidden.at, cell.hidden.stride, at, wide, 1);
    kernels.gruForward(active, width, fromInput + start * wide * 4, at, previous, states + start * width * 4);
  });
  kernels.gatherRows(total, size, tape.integers(order.visits), states, width, output.at + column * 4, output.stride);
  return { cell, order, steps, fromInput, fromHidden, nothing, states };
}

function reverseDirection(tape: Tape, input: Matrix, run: DirectionRun, output: Matrix, column: number): void {
  const { kernels } = tape;
  const { cell, order, steps, fromInput, fromHidden, nothing, states } = run;
  const total = input.rows;
  const size = cell.hidden.rows;
  const width = padded(size);
  const wide = 3 * width;
  const rows = tape.integers(order.rows);
  const slopes = tape.zeroed(total * width);
  kernels.gatherRows(total, size, rows, output.grad + column * 4, output.stride, slopes, width);
  const unread = tape.zeroed((order.steps[1] ?? 0) * width);
  const dHidden = tape.gradientOf(cell.hidden);
  forEachStep(
    order,
    (start, active, before) => {
      const at = fromHidden + start * wide * 4;
      const previous = before < 0 ? nothing : states + before * width * 4;
      const dPrevious = before < 0 ? unread : slopes + before * width * 4;
      kernels.gruBackward(active, width, fromInput + start * wide * 4, at, previous, slopes + start * width * 4, dPrevious);
      if (before < 0) return;
      kernels.gemm(active, width, wide, at, wide, cell.hidden.transposed, width, dPrevious, width, 1);
      kernels.gemmTransposed(size, wide, active, previous, width, at, wide, dHidden, wide, 1);
    },
    "last first",
  );
  kernels.sumRows(total, wide, fromHidden, wide, tape.gradientOf(cell.hiddenBias));
  multiplyByGradient(tape, steps, cell.input, cell.inputBias, fromInput);
  if (input.grad !== 0) kernels.scatterRows(total, input.stride, rows, steps.grad, steps.stride, input.grad, input.stride);
}

/** @param visit the first visit of a step, how many there are, and the first visit of the step before, −1 for none */
function forEachStep(
  { steps }: TimeOrder,
  visit: (start: number, active: number, before: number) => void,
  order: "first first" | "last first" = "first first",
): void {
  const count = steps.length - 1;
  for (let k = 0; k < count; k++) {
    const t = order === "first first" ? k : count - 1 - k;
    const start = steps[t] ?? 0;
    visit(start, (steps[t + 1] ?? start) - start, t === 0 ? -1 : (steps[t - 1] ?? 0));
  }
}
