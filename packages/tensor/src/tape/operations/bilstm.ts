import type { Address } from "../../kernels/kernels.ts";
import { type Matrix, padded } from "../../tensor/matrix.ts";
import type { Parameter } from "../../tensor/parameter-store.ts";
import type { Operation, Tape } from "../tape.ts";
import { addPlacedProducts, checkPlaces, type PlacedRows, reversePlacedProducts } from "./placed-rows.ts";
import { reverseStateProducts } from "./state-products.ts";
import { type TimeOrder, timeOrder } from "./time-order.ts";

/** One direction of an LSTM, with the gates i, f, g, o as four blocks of columns. */
export interface LstmParameters {
  /** [inputs, 4·H] in 4 blocks */
  readonly input: Parameter;
  /** [H, 4·H] in 4 blocks */
  readonly hidden: Parameter;
  /** [1, 4·H] in 4 blocks */
  readonly bias: Parameter;
}

/** Rows of words [M, D] at the places of packed sentences, and both directions. */
export interface BilstmInput extends PlacedRows {
  /** Where each sentence starts, and where the last one ends. */
  readonly offsets: Int32Array;
  readonly forward: LstmParameters;
  readonly backward: LstmParameters;
}

interface DirectionRun {
  readonly parameters: LstmParameters;
  readonly order: TimeOrder;
  /** The input in time order, [ΣN, inputs]; undefined if rows are placed. */
  readonly steps: Matrix | undefined;
  readonly gates: Address;
  readonly cells: Address;
  readonly hidden: Address;
}

export interface Saved {
  readonly part: PlacedRows;
  readonly output: Matrix;
  readonly runs: readonly DirectionRun[];
}

/**
 * A bidirectional LSTM (Hochreiter and Schmidhuber 1997) over packed sentences, whose words are the
 * places of the input's rows: to [ΣN, 2·H], forward states first.
 *
 * Sentences advance together, the longest first: step t is one product over those that still have a
 * t-th word. Nothing is padded, so a batch gives what its sentences give one by one.
 *
 * @throws {ShapeError} if the rows do not fit the places
 */
export const bilstm: Operation<BilstmInput, Matrix, Saved> = {
  forward(tape, { offsets, forward, backward, ...part }) {
    const total = offsets[offsets.length - 1] ?? 0;
    checkPlaces(part, total);
    const output = tape.matrix(total, forward.hidden.rows + backward.hidden.rows); // [ΣN, 2H]
    const runs = [
      runDirection(tape, part, timeOrder(offsets, false), forward, output, 0),
      runDirection(tape, part, timeOrder(offsets, true), backward, output, forward.hidden.rows),
    ];
    return { output, saved: { part, output, runs } };
  },

  backward(tape, { part, output, runs }) {
    let column = 0;
    for (const run of runs) {
      reverseDirection(tape, part, run, output, column);
      column += run.parameters.hidden.rows;
    }
  },
};

function runDirection(
  tape: Tape,
  part: PlacedRows,
  order: TimeOrder,
  parameters: LstmParameters,
  output: Matrix,
  column: number,
): DirectionRun {
  const { kernels } = tape;
  const { hidden: recurrent } = parameters;
  const total = output.rows;
  const size = recurrent.rows;
  const width = padded(size);
  const wide = 4 * width;
  const gates = tape.scratch(total * wide);
  const steps = readInput(tape, part, order, parameters, gates);
  const cells = tape.scratch(total * width);
  const hidden = tape.scratch(total * width);
  kernels.lstmSteps({
    count: order.steps.length,
    starts: tape.integers(order.steps),
    size,
    width,
    w: recurrent.at,
    wStride: recurrent.stride,
    gates,
    cells,
    hidden,
  });
  kernels.gatherRows({
    m: total,
    n: size,
    index: tape.integers(order.visits),
    x: hidden,
    xStride: width,
    y: output.at + column * 4,
    yStride: output.stride,
  });
  return { parameters, order, steps, gates, cells, hidden };
}

/**
 * The input of each gate from its word and its bias, in time order.
 *
 * @returns the words in that order, unless rows are placed
 */
function readInput(
  tape: Tape,
  part: PlacedRows,
  order: TimeOrder,
  { input: weight, bias }: LstmParameters,
  gates: Address,
): Matrix | undefined {
  const { kernels } = tape;
  const total = order.rows.length;
  const wide = weight.stride;
  if (part.rows !== undefined) {
    kernels.fillRows({ m: total, n: wide, x: bias.at, y: gates, yStride: wide });
    addPlacedProducts(tape, part, weight, order.rows, gates);
    return undefined;
  }
  const { input } = part;
  const steps = tape.matrix(total, input.columns, { grad: false });
  kernels.gatherRows({
    m: total,
    n: input.stride,
    index: tape.integers(order.rows),
    x: input.at,
    xStride: input.stride,
    y: steps.at,
    yStride: steps.stride,
  });
  kernels.affine({
    m: total,
    n: wide,
    k: input.columns,
    a: steps.at,
    aStride: steps.stride,
    b: weight.at,
    bStride: wide,
    bias: bias.at,
    y: gates,
    yStride: wide,
  });
  return steps;
}

function reverseDirection(tape: Tape, part: PlacedRows, run: DirectionRun, output: Matrix, column: number): void {
  const { kernels } = tape;
  const { order, gates, cells, hidden } = run;
  const { hidden: recurrent } = run.parameters;
  const total = output.rows;
  const size = recurrent.rows;
  const width = padded(size);
  const rows = tape.integers(order.rows);
  const dHidden = tape.zeroed(total * width);
  kernels.gatherRows({
    m: total,
    n: size,
    index: rows,
    x: output.grad + column * 4,
    xStride: output.stride,
    y: dHidden,
    yStride: width,
  });
  kernels.lstmStepsBackward({
    count: order.steps.length,
    starts: tape.integers(order.steps),
    size,
    width,
    wt: recurrent.transposed,
    gates,
    cells,
    dHidden,
    dCells: tape.scratch(total * width),
  });
  reverseStateProducts(tape, order, recurrent, hidden, gates);
  reverseInput(tape, part, run);
}

/** From the gradient of the gates to those of the input, its weight and its bias. */
function reverseInput(tape: Tape, part: PlacedRows, { order, gates, steps, parameters }: DirectionRun): void {
  const { kernels } = tape;
  const { input: weight, bias } = parameters;
  const { input } = part;
  const total = order.rows.length;
  const wide = weight.stride;
  kernels.sumRows({ m: total, n: wide, x: gates, xStride: wide, y: tape.gradientOf(bias) });
  if (steps === undefined) {
    reversePlacedProducts(tape, part, weight, gates, order.rows);
    return;
  }
  const dWeight = tape.gradientOf(weight);
  kernels.gemmTransposed({
    m: input.columns,
    n: wide,
    k: total,
    a: steps.at,
    aStride: steps.stride,
    b: gates,
    bStride: wide,
    c: dWeight,
    cStride: wide,
    accumulate: 1,
  });
  if (input.grad === 0) return;
  const back = tape.scratch(total * input.stride);
  kernels.gemm({
    m: total,
    n: input.stride,
    k: wide,
    a: gates,
    aStride: wide,
    b: weight.transposed,
    bStride: padded(weight.rows),
    c: back,
    cStride: input.stride,
    accumulate: 0,
  });
  kernels.scatterRows({
    m: total,
    n: input.stride,
    index: tape.integers(order.rows),
    x: back,
    xStride: input.stride,
    y: input.grad,
    yStride: input.stride,
  });
}
