import { ShapeError } from "../../errors.ts";
import type { Matrix } from "../../tensor/matrix.ts";
import type { Parameter } from "../../tensor/parameter-store.ts";
import type { Operation, Tape } from "../tape.ts";

/** Some columns of some rows of a matrix, and where they are added. */
export interface ComposeTerm {
  readonly input: Matrix;
  /**
   * The row of the input that each row of the output reads; −1 adds nothing. Defaults to the rows
   * in order.
   */
  readonly rows?: Int32Array | undefined;
  /** Defaults to 1. */
  readonly factor?: number | undefined;
  /** The first column to read, and how many; defaults to all. */
  readonly from?: number | undefined;
  readonly columns?: number | undefined;
  /** The column of the output that the first one is added to; defaults to 0. */
  readonly to?: number | undefined;
}

export interface ComposeInput {
  readonly rows: number;
  readonly columns: number;
  readonly terms: readonly ComposeTerm[];
}

export interface PlacedTerm extends ComposeTerm {
  readonly rows: Int32Array;
  readonly factor: number;
  readonly from: number;
  readonly columns: number;
  readonly to: number;
}

/**
 * Builds a matrix from rows of other matrices: in separate columns (a concatenation), in the same
 * columns (a sum), or with factors of opposite sign (the differences of LSTM-minus).
 *
 * @throws {ShapeError} if a term does not fit its input or the output
 */
export const compose: Operation<ComposeInput, Matrix, { terms: readonly PlacedTerm[]; output: Matrix }> = {
  forward(tape, { rows, columns, terms }) {
    const output = tape.matrix(rows, columns); // [rows, columns]
    tape.heap.clear(output.at, rows * output.stride * 4);
    const placed = terms.map((term) => place(term, rows, columns));
    for (const { input, rows: index, factor, from, columns: width, to } of placed) {
      const [x, y] = [input.at + from * 4, output.at + to * 4];
      tape.kernels.gatherAdd({
        m: rows,
        n: width,
        factor,
        index: tape.integers(index),
        x,
        xStride: input.stride,
        y,
        yStride: output.stride,
      });
    }
    return { output, saved: { terms: placed, output } };
  },

  backward(tape, { terms, output }) {
    for (const { input, rows, factor, from, columns, to } of terms) {
      if (input.grad === 0) continue;
      const [x, y] = [input.grad + from * 4, output.grad + to * 4];
      tape.kernels.scatterAdd({
        m: output.rows,
        n: columns,
        factor,
        index: tape.integers(rows),
        x: y,
        xStride: output.stride,
        y: x,
        yStride: input.stride,
      });
    }
  },
};

/** Copies some rows of a matrix, without a gradient. */
export function pickRows(tape: Tape, input: Matrix, rows: Int32Array): Matrix {
  const output = tape.matrix(rows.length, input.columns, { grad: false });
  tape.kernels.gatherRows({
    m: rows.length,
    n: input.columns,
    index: tape.integers(rows),
    x: input.at,
    xStride: input.stride,
    y: output.at,
    yStride: output.stride,
  });
  return output;
}

/**
 * A dense parameter as a matrix, to pick rows from.
 *
 * @throws {ShapeError} unless the parameter is dense and has one block
 */
export function parameterMatrix(tape: Tape, parameter: Parameter): Matrix {
  if (parameter.kind !== "dense" || parameter.blocks !== 1) throw new ShapeError(`${parameter.name} is not a plain dense matrix`);
  const { rows, columns, stride, at } = parameter;
  return { rows, columns, stride, at, grad: tape.gradientOf(parameter) };
}

function place(term: ComposeTerm, rows: number, columns: number): PlacedTerm {
  const { input, from = 0, to = 0, factor = 1 } = term;
  const width = term.columns ?? input.columns - from;
  const index = term.rows ?? rowByRow(rows);
  let highest = -1;
  for (const row of index) if (row > highest) highest = row;
  if (index.length !== rows || highest >= input.rows || from + width > input.columns || to + width > columns) {
    throw new ShapeError(
      `${index.length} rows, columns ${from} to ${from + width}, of [${input.rows}, ${input.columns}] do not fit into column ${to} of [${rows}, ${columns}]`,
    );
  }
  return { input, rows: index, factor, from, columns: width, to };
}

function rowByRow(rows: number): Int32Array {
  const index = new Int32Array(rows);
  for (let k = 0; k < rows; k++) index[k] = k;
  return index;
}
