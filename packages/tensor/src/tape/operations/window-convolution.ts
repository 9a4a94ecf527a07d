import { ShapeError } from "../../errors.ts";
import type { Address } from "../../kernels/kernels.ts";
import type { Matrix } from "../../tensor/matrix.ts";
import type { Parameter } from "../../tensor/parameter-store.ts";
import type { Operation, Tape } from "../tape.ts";
import { multiplyBy, multiplyByGradient } from "./linear.ts";

/** Numbers of one window list entry: pooled from, to, seen from, to, first entity, second entity; all count rows of the input. */
export const windowFields = 6;

export interface WindowConvolutionInput {
  /** Words of all sentences end to end, [ΣN, D]. */
  readonly input: Matrix;
  /** Where each sentence starts, and where the last one ends. */
  readonly offsets: Int32Array;
  /** [D, taps·F] in one block a tap */
  readonly weight: Parameter;
  /** [1, F] */
  readonly bias: Parameter;
  /** Embeddings of the offsets −M to M from an entity, and the filters' share for those from the first and the second one. */
  readonly positions: {
    /** [2M + 1, P] */
    readonly table: Matrix;
    /** [P, taps·F] in one block a tap */
    readonly first: Parameter;
    readonly second: Parameter;
  };
  /** `windowFields` numbers a pair; what a pair sees lies in one sentence, and what it pools in what it sees. */
  readonly windows: Int32Array;
  /** ReLU after the convolution. */
  readonly rectified: boolean;
  readonly pooling: readonly ("max" | "mean")[];
}

export interface Saved {
  readonly from: WindowConvolutionInput;
  readonly windows: Address;
  readonly words: Products;
  readonly first: Products;
  readonly second: Products;
  readonly pooled: readonly { readonly output: Matrix; readonly arg: Address }[];
}

/** Products of every row of a matrix with every tap, and their sums along diagonals. */
interface Products {
  readonly weight: Parameter;
  readonly input: Matrix;
  readonly products: Address;
  readonly sums: Address;
  readonly rows: number;
}

/**
 * A convolution over word ⊕ offset from the first entity ⊕ offset from the second, zero padding to equal length, pooled for every pair of
 * entities: [pairs, F] for each way of pooling (Ye et al. 2019, eq. 1; Zeng et al. 2015 pools in three pieces).
 *
 * A convolution is linear, so words meet the filters once a sentence and offsets once a call, however many pairs there are. A pair is the
 * addition of three shares, each of them one read; a window over an edge of what is seen takes off the share of the taps outside.
 */
export const windowConvolution: Operation<WindowConvolutionInput, readonly Matrix[], Saved> = {
  forward(tape, from) {
    checkWindows(from);
    const { weight, bias, positions, rectified } = from;
    const { kernels } = tape;
    const [taps, width] = [weight.blocks, bias.stride];
    const words = multiplied(tape, from.input, weight, from.input.rows);
    forEachSentence(from, (at, n) => {
      const place = at * weight.stride * 4;
      kernels.diagonalSums(n, n, -((taps - 1) >> 1), 0, taps, width, words.products + place, words.sums + place);
    });
    const rows = positions.table.rows + taps - 1;
    const [first, second] = [positions.first, positions.second].map((share) => {
      const found = multiplied(tape, positions.table, share, rows);
      kernels.diagonalSums(positions.table.rows, rows, 1 - taps, 1, taps, width, found.products, found.sums);
      return found;
    }) as [Products, Products];
    const count = from.windows.length / windowFields;
    const windows = tape.integers(from.windows);
    const sums = [words.sums, first.sums, second.sums] as const;
    const pooled = from.pooling.map((pooling) => {
      const output = tape.matrix(count, bias.columns); // [pairs, F]
      const arg = pooling === "max" ? tape.scratch(count * width) : 0;
      if (pooling === "max") {
        kernels.windowMax(count, taps, width, windows, ...sums, rows, bias.at, Number(rectified), output.at, arg);
      } else {
        kernels.windowMean(count, taps, width, windows, ...sums, rows, bias.at, Number(rectified), output.at);
      }
      return { output, arg };
    });
    return { output: pooled.map(({ output }) => output), saved: { from, windows, words, first, second, pooled } };
  },

  backward(tape, { from, windows, words, first, second, pooled }) {
    const { weight, bias, positions } = from;
    const { kernels } = tape;
    const [taps, width, rectified] = [weight.blocks, bias.stride, Number(from.rectified)];
    const dBias = tape.gradientOf(bias);
    const sums = [words.sums, first.sums, second.sums] as const;
    // Nobody reads the products again, so the gradients of their sums take their place; sums of clipped rows need more room.
    clear(tape, words.products, words.rows * weight.stride);
    const [dFirst, dSecond] = [tape.zeroed(first.rows * weight.stride), tape.zeroed(second.rows * weight.stride)];
    const slopes = [words.products, dFirst, dSecond] as const;
    for (const [k, pooling] of from.pooling.entries()) {
      const { output, arg } = pooled[k] as Saved["pooled"][number];
      if (pooling === "max") {
        const won = [output.at, arg, output.grad] as const;
        kernels.windowMaxBackward(output.rows, taps, width, windows, first.rows, rectified, ...won, ...slopes, dBias);
      } else {
        const given = [output.rows, taps, width, windows, ...sums, first.rows, bias.at, rectified, output.grad] as const;
        kernels.windowMeanBackward(...given, ...slopes, dBias);
      }
    }
    clear(tape, words.sums, words.rows * weight.stride);
    forEachSentence(from, (at, n) => {
      const place = at * weight.stride * 4;
      kernels.diagonalSumsBackward(n, n, -((taps - 1) >> 1), 0, taps, width, words.products + place, words.sums + place);
    });
    multiplyByGradient(tape, from.input, weight, undefined, words.sums);
    for (const [share, slope] of [
      [first, dFirst],
      [second, dSecond],
    ] as const) {
      clear(tape, share.products, positions.table.rows * weight.stride);
      kernels.diagonalSumsBackward(positions.table.rows, share.rows, 1 - taps, 1, taps, width, slope, share.products);
      multiplyByGradient(tape, positions.table, share.weight, undefined, share.products);
    }
  },
};

/** @param rows how many rows of sums there will be */
function multiplied(tape: Tape, input: Matrix, weight: Parameter, rows: number): Products {
  const products = tape.scratch(input.rows * weight.stride);
  multiplyBy(tape, input, weight, undefined, products);
  return { weight, input, products, sums: tape.scratch(rows * weight.stride), rows };
}

function clear(tape: Tape, at: Address, floats: number): void {
  tape.heap.u8.fill(0, at, at + floats * 4);
}

function forEachSentence({ offsets }: WindowConvolutionInput, visit: (start: number, length: number) => void): void {
  for (let s = 0; s + 1 < offsets.length; s++) {
    const start = offsets[s] ?? 0;
    visit(start, (offsets[s + 1] ?? start) - start);
  }
}

function checkWindows({ input, weight, bias, positions, windows }: WindowConvolutionInput): void {
  if (input.columns !== weight.rows || weight.columns !== weight.blocks * bias.columns) {
    throw new ShapeError(
      `${weight.name} [${weight.rows}, ${weight.columns}] in ${weight.blocks} taps does not fit ${input.columns} columns and ${bias.columns} filters`,
    );
  }
  for (const share of [positions.first, positions.second]) {
    if (share.rows === positions.table.columns && share.stride === weight.stride && share.blocks === weight.blocks) continue;
    throw new ShapeError(
      `${share.name} [${share.rows}, ${share.columns}] does not fit ${positions.table.columns} columns and ${weight.name}`,
    );
  }
  if (positions.table.rows % 2 === 0) throw new ShapeError(`${positions.table.rows} offsets have no middle`);
  if (windows.length % windowFields !== 0) throw new ShapeError(`${windows.length} numbers are no list of windows`);
  for (let k = 0; k < windows.length; k += windowFields) {
    const [from = 0, to = 0, start = 0, end = 0] = windows.subarray(k, k + windowFields);
    const ordered = start >= 0 && start <= from && to <= end && end <= input.rows;
    if (!ordered) throw new ShapeError(`rows ${from} to ${to} are pooled of ${start} to ${end}, of ${input.rows}`);
  }
}
