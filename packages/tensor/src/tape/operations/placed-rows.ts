import { ShapeError } from "../../errors.ts";
import type { Address } from "../../kernels/kernels.ts";
import type { Matrix } from "../../tensor/matrix.ts";
import type { Parameter } from "../../tensor/parameter-store.ts";
import type { TableRows } from "../kept-products.ts";
import type { Tape } from "../tape.ts";
import { multiplyBy, multiplyByGradient } from "./linear.ts";

/**
 * Rows of a matrix, placed at the words or steps of a sequence. A repeated row is multiplied once.
 */
export interface PlacedRows {
  /** [M, D] */
  readonly input: Matrix;
  /** The row at each place; defaults to all rows in order. */
  readonly rows?: Int32Array | undefined;
  /**
   * The table rows that `input` consists of, so that their products can be cached between calls.
   */
  readonly source?: TableRows | undefined;
}

/**
 * Products of rows with a weight. That of the k-th requested place starts at `at` + index[k] · the
 * weight's stride.
 */
export interface PlacedProducts {
  readonly at: Address;
  readonly index: Int32Array;
}

/**
 * Multiplies each row by the weight once.
 *
 * @param order the places, in the order of their products; defaults to all from first to last
 */
export function placedProducts(tape: Tape, part: PlacedRows, weight: Parameter, order?: Int32Array): PlacedProducts {
  const index = rowsAt(part, order);
  const kept = part.source && tape.kept?.multiply(tape.arena, part.input, part.source, weight);
  if (kept !== undefined) return { at: kept.at, index: index.map((row) => kept.rows[row] ?? 0) };
  const at = tape.scratch(part.input.rows * weight.stride);
  multiplyBy(tape, part.input, weight, undefined, at);
  return { at, index };
}

/**
 * Adds the products of the places, in this order, to the rows at `out`, which are as wide as the
 * weight.
 */
export function addPlacedProducts(tape: Tape, part: PlacedRows, weight: Parameter, order: Int32Array, out: Address): void {
  const { stride } = weight;
  const { at, index } = placedProducts(tape, part, weight, order);
  tape.kernels.gatherAdd({
    m: order.length,
    n: stride,
    factor: 1,
    index: tape.integers(index),
    x: at,
    xStride: stride,
    y: out,
    yStride: stride,
  });
}

/**
 * From the gradient of the products of the places, in this order, to those of the rows and of the
 * weight.
 */
export function reversePlacedProducts(tape: Tape, part: PlacedRows, weight: Parameter, dOut: Address, order?: Int32Array): void {
  const { stride } = weight;
  const index = rowsAt(part, order);
  const slope = tape.zeroed(part.input.rows * stride);
  tape.kernels.scatterAdd({
    m: index.length,
    n: stride,
    factor: 1,
    index: tape.integers(index),
    x: dOut,
    xStride: stride,
    y: slope,
    yStride: stride,
  });
  multiplyByGradient(tape, part.input, weight, undefined, slope);
}

/** The row at each place, in this order of places. */
function rowsAt({ input, rows }: PlacedRows, order?: Int32Array): Int32Array {
  if (order === undefined) return rows ?? Int32Array.from({ length: input.rows }, (_, place) => place);
  return rows === undefined ? order : order.map((place) => rows[place] ?? 0);
}

/**
 * @throws {ShapeError} if the rows are not as many as the places, or reach past the matrix
 */
export function checkPlaces({ input, rows }: PlacedRows, places: number): void {
  const reachesOut = rows?.some((row) => row < 0 || row >= input.rows) ?? false;
  if (!reachesOut && (rows?.length ?? input.rows) === places) return;
  throw new ShapeError(`${rows?.length ?? input.rows} rows of ${input.rows} for ${places} places`);
}
