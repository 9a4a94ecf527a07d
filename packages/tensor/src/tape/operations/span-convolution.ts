import { ShapeError } from "../../errors.ts";
import type { Address } from "../../kernels/kernels.ts";
import type { Matrix } from "../../tensor/matrix.ts";
import type { Parameter } from "../../tensor/parameter-store.ts";
import type { Operation, Tape } from "../tape.ts";
import { multiplyBy, multiplyByGradient } from "./linear.ts";

/** One-hot columns of the input, as indices. Their product with the filters is a row of a table. */
export interface RowLabels {
  /** [labels, taps·F], one block per tap */
  readonly weight: Parameter;
  /** The label of each row; −1 for a row of zeros. */
  readonly ids: Int32Array;
  /** The value in place of 1: 1 / (1 − rate) under dropout. */
  readonly factor: number;
}

export interface SpanConvolutionInput {
  /** [M, D] */
  readonly input: Matrix;
  /** [D, taps·F], one block per tap */
  readonly weight: Parameter;
  /** [1, F] */
  readonly bias: Parameter;
  /**
   * The input row at each place that spans refer to. A row may occur at several places. Defaults to
   * the rows in order.
   */
  readonly source?: Int32Array | undefined;
  readonly labels?: RowLabels | undefined;
  /** Pairs (start, end) of places, half-open. */
  readonly spans: Int32Array;
}

export interface Saved {
  readonly from: SpanConvolutionInput;
  readonly places: number;
  readonly spans: Address;
  readonly arg: Address;
  readonly output: Matrix;
}

/**
 * A convolution over the rows of each span, padded by taps − 1 zero rows on both sides, then ReLU
 * and the maximum: [spans, F]. An empty span counts as one row of zeros.
 *
 * Convolution is linear, so every row is multiplied by every tap once, however many spans contain
 * it. A window is then a sum of `taps` rows; at an edge it skips the taps on the padding.
 *
 * @throws {ShapeError} if filters, labels or spans do not fit the rows
 */
export const spanConvolution: Operation<SpanConvolutionInput, Matrix, Saved> = {
  forward(tape, from) {
    const { input, weight, bias, source, labels } = from;
    const places = checkPlaces(from);
    const { kernels } = tape;
    const products = tape.scratch(input.rows * weight.stride);
    multiplyBy(tape, input, weight, undefined, products);
    let x = products;
    if (source !== undefined || labels !== undefined) {
      x = tape.zeroed(places * weight.stride);
      kernels.gatherAdd({
        m: places,
        n: weight.stride,
        factor: 1,
        index: placeIndex(tape, from, places),
        x: products,
        xStride: weight.stride,
        y: x,
        yStride: weight.stride,
      });
    }
    if (labels !== undefined) {
      const { weight: table, ids, factor } = labels;
      kernels.gatherAdd({
        m: places,
        n: weight.stride,
        factor,
        index: tape.integers(ids),
        x: table.at,
        xStride: table.stride,
        y: x,
        yStride: weight.stride,
      });
    }
    const count = from.spans.length / 2;
    const spans = tape.integers(from.spans);
    const output = tape.matrix(count, bias.columns); // [spans, F]
    const arg = tape.scratch(count * bias.stride);
    kernels.spanMax({ count, taps: weight.blocks, width: bias.stride, spans, x, bias: bias.at, y: output.at, arg });
    return { output, saved: { from, places, spans, arg, output } };
  },

  backward(tape, { from, places, spans, arg, output }) {
    const { input, weight, bias, source, labels } = from;
    const { kernels } = tape;
    const dBias = tape.gradientOf(bias);
    const dx = tape.zeroed(places * weight.stride);
    kernels.spanMaxBackward({
      count: output.rows,
      taps: weight.blocks,
      width: bias.stride,
      spans,
      y: output.at,
      arg,
      dy: output.grad,
      dx,
      dBias,
    });
    if (labels !== undefined) {
      const { weight: table, ids, factor } = labels;
      const dTable = tape.gradientOf(table);
      kernels.scatterAdd({
        m: places,
        n: weight.stride,
        factor,
        index: tape.integers(ids),
        x: dx,
        xStride: weight.stride,
        y: dTable,
        yStride: table.stride,
      });
    }
    let dProducts = dx;
    if (source !== undefined) {
      dProducts = tape.zeroed(input.rows * weight.stride);
      kernels.scatterAdd({
        m: places,
        n: weight.stride,
        factor: 1,
        index: tape.integers(source),
        x: dx,
        xStride: weight.stride,
        y: dProducts,
        yStride: weight.stride,
      });
    }
    multiplyByGradient(tape, input, weight, undefined, dProducts);
  },
};

function placeIndex(tape: Tape, { source }: SpanConvolutionInput, places: number): Address {
  return tape.integers(source ?? Int32Array.from({ length: places }, (_, k) => k));
}

function checkPlaces({ input, weight, bias, source, labels, spans }: SpanConvolutionInput): number {
  const places = source?.length ?? input.rows;
  if (input.columns !== weight.rows || weight.columns !== weight.blocks * bias.columns) {
    throw new ShapeError(
      `${weight.name} [${weight.rows}, ${weight.columns}] in ${weight.blocks} taps does not fit ${input.columns} columns and ${bias.columns} filters`,
    );
  }
  if (labels !== undefined && (labels.ids.length !== places || labels.weight.stride !== weight.stride)) {
    throw new ShapeError(`${labels.ids.length} labels for ${labels.weight.name} do not fit ${places} rows for ${weight.name}`);
  }
  for (let k = 0; k < spans.length; k += 2) {
    const [start = 0, end = 0] = [spans[k], spans[k + 1]];
    if (start < 0 || end < start || end > places)
      throw new ShapeError(`a span from ${start} to ${end} does not fit ${places} rows`);
  }
  return places;
}
