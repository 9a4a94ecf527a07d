import { ShapeError } from "../../errors.ts";
import type { Address } from "../../kernels/kernels.ts";
import { type Matrix, padded } from "../../tensor/matrix.ts";
import type { Parameter } from "../../tensor/parameter-store.ts";
import type { Operation, Tape } from "../tape.ts";
import { addPlacedProducts, checkPlaces, type PlacedRows, reversePlacedProducts } from "./placed-rows.ts";
import { reverseStateProducts } from "./state-products.ts";
import { forEachStep, type TimeOrder, timeOrder } from "./time-order.ts";

/** One direction of a GRU over parts, with the gates in blocks as in `GruParameters`. */
export interface BigruParameters {
  /** [D, 3·H] for each part */
  readonly inputs: readonly Parameter[];
  /** [1, 3·H] */
  readonly inputBias: Parameter;
  /** [H, 3·H] */
  readonly hidden: Parameter;
  /** [1, 3·H] */
  readonly hiddenBias: Parameter;
}

export interface BigruInput {
  /** Side by side, the places of all sequences end to end. */
  readonly parts: readonly PlacedRows[];
  /** Where each sequence starts, and where the last one ends. */
  readonly offsets: Int32Array;
  readonly forward: BigruParameters;
  readonly backward: BigruParameters;
}

interface DirectionRun {
  readonly cell: BigruParameters;
  readonly order: TimeOrder;
  readonly fromInput: Address;
  readonly fromHidden: Address;
  /** The state that every sequence starts from. */
  readonly nothing: Address;
  readonly states: Address;
}

export interface Saved {
  readonly parts: readonly PlacedRows[];
  readonly output: Matrix;
  readonly runs: readonly DirectionRun[];
}

/**
 * A bidirectional GRU (Cho et al. 2014, biases as in cuDNN) over packed sequences: [ΣN, 2·H],
 * forward states first. Sequences advance together, the longest first, as in `bilstm`. A place's
 * input to the gates is the sum of its parts' products, so a word that occurs in the sequences of
 * many pairs is multiplied once.
 *
 * @throws {ShapeError} if parts, weights and places do not fit together
 */
export const bigru: Operation<BigruInput, Matrix, Saved> = {
  forward(tape, { parts, offsets, forward, backward }) {
    const total = offsets[offsets.length - 1] ?? 0;
    for (const cell of [forward, backward]) checkParts(parts, cell, total);
    const output = tape.matrix(total, forward.hidden.rows + backward.hidden.rows); // [ΣN, 2H]
    const runs = [
      runDirection(tape, parts, timeOrder(offsets, false), forward, output, 0),
      runDirection(tape, parts, timeOrder(offsets, true), backward, output, forward.hidden.rows),
    ];
    return { output, saved: { parts, output, runs } };
  },

  backward(tape, { parts, output, runs }) {
    let column = 0;
    for (const run of runs) {
      reverseDirection(tape, parts, run, output, column);
      column += run.cell.hidden.rows;
    }
  },
};

function runDirection(
  tape: Tape,
  parts: readonly PlacedRows[],
  order: TimeOrder,
  cell: BigruParameters,
  output: Matrix,
  column: number,
): DirectionRun {
  const { kernels } = tape;
  const total = output.rows;
  const size = cell.hidden.rows;
  const width = padded(size);
  const wide = 3 * width;
  const fromInput = tape.scratch(total * wide);
  kernels.fillRows({ m: total, n: wide, x: cell.inputBias.at, y: fromInput, yStride: wide });
  for (const [k, part] of parts.entries()) {
    addPlacedProducts(tape, part, cell.inputs[k] as Parameter, order.rows, fromInput);
  }
  const fromHidden = tape.scratch(total * wide);
  kernels.fillRows({ m: total, n: wide, x: cell.hiddenBias.at, y: fromHidden, yStride: wide });
  const nothing = tape.zeroed((order.steps[1] ?? 0) * width);
  const states = tape.scratch(total * width);
  forEachStep(order, (start, active, before) => {
    const at = fromHidden + start * wide * 4;
    const previous = before < 0 ? nothing : states + before * width * 4;
    if (before >= 0)
      kernels.gemm({
        m: active,
        n: wide,
        k: size,
        a: previous,
        aStride: width,
        b: cell.hidden.at,
        bStride: cell.hidden.stride,
        c: at,
        cStride: wide,
        accumulate: 1,
      });
    kernels.gruForward({
      m: active,
      width,
      fromInput: fromInput + start * wide * 4,
      fromHidden: at,
      hidden: previous,
      out: states + start * width * 4,
    });
  });
  kernels.gatherRows({
    m: total,
    n: size,
    index: tape.integers(order.visits),
    x: states,
    xStride: width,
    y: output.at + column * 4,
    yStride: output.stride,
  });
  return { cell, order, fromInput, fromHidden, nothing, states };
}

function reverseDirection(tape: Tape, parts: readonly PlacedRows[], run: DirectionRun, output: Matrix, column: number): void {
  const { kernels } = tape;
  const { cell, order, fromInput, fromHidden, nothing, states } = run;
  const total = output.rows;
  const size = cell.hidden.rows;
  const width = padded(size);
  const wide = 3 * width;
  const rows = tape.integers(order.rows);
  const slopes = tape.zeroed(total * width);
  kernels.gatherRows({
    m: total,
    n: size,
    index: rows,
    x: output.grad + column * 4,
    xStride: output.stride,
    y: slopes,
    yStride: width,
  });
  const unread = tape.zeroed((order.steps[1] ?? 0) * width);
  forEachStep(
    order,
    (start, active, before) => {
      const at = fromHidden + start * wide * 4;
      const previous = before < 0 ? nothing : states + before * width * 4;
      const dPrevious = before < 0 ? unread : slopes + before * width * 4;
      kernels.gruBackward({
        m: active,
        width,
        gates: fromInput + start * wide * 4,
        fromHidden: at,
        hidden: previous,
        dOut: slopes + start * width * 4,
        dHidden: dPrevious,
      });
      if (before < 0) return;
      kernels.gemm({
        m: active,
        n: width,
        k: wide,
        a: at,
        aStride: wide,
        b: cell.hidden.transposed,
        bStride: width,
        c: dPrevious,
        cStride: width,
        accumulate: 1,
      });
    },
    "last first",
  );
  reverseStateProducts(tape, order, cell.hidden, states, fromHidden);
  kernels.sumRows({ m: total, n: wide, x: fromHidden, xStride: wide, y: tape.gradientOf(cell.hiddenBias) });
  kernels.sumRows({ m: total, n: wide, x: fromInput, xStride: wide, y: tape.gradientOf(cell.inputBias) });
  for (const [k, part] of parts.entries()) {
    reversePlacedProducts(tape, part, cell.inputs[k] as Parameter, fromInput, order.rows);
  }
}

function checkParts(parts: readonly PlacedRows[], { inputs, hidden }: BigruParameters, total: number): void {
  if (inputs.length !== parts.length) throw new ShapeError(`${inputs.length} weights for ${parts.length} parts of the input`);
  for (const [k, part] of parts.entries()) {
    const { input } = part;
    const weight = inputs[k] as Parameter;
    if (weight.rows !== input.columns || weight.stride !== hidden.stride) {
      throw new ShapeError(
        `${weight.name} [${weight.rows}, ${weight.columns}] does not fit ${input.columns} columns and ${hidden.rows} units`,
      );
    }
    checkPlaces(part, total);
  }
}
