import { ShapeError } from "../../errors.ts";
import type { Address } from "../../kernels/kernels.ts";
import type { Matrix } from "../../tensor/matrix.ts";
import type { Parameter } from "../../tensor/parameter-store.ts";
import type { Operation, Tape } from "../tape.ts";
import { multiplyBy, multiplyByGradient } from "./linear.ts";
import { checkPlaces, type PlacedRows, placedProducts, reversePlacedProducts } from "./placed-rows.ts";

/**
 * Numbers per entry of a window list: start and end of the words to pool, start and end of the
 * words to read, first entity, second entity. All are positions in the packed words of the batch.
 */
export const windowFields = 6;

/** One part of the words' input, with its weights. */
export interface WindowPart extends PlacedRows {
  /** [D, taps·F], one block per tap */
  readonly weight: Parameter;
}

export interface WindowConvolutionInput {
  /** The parts whose columns are concatenated; each has the packed words of all sentences. */
  readonly parts: readonly WindowPart[];
  /** Where each sentence starts, and where the last one ends. */
  readonly offsets: Int32Array;
  /** [1, F] */
  readonly bias: Parameter;
  /**
   * Embeddings of the offsets −M to M from an entity, and the filters' weights for offsets from the
   * first and from the second entity.
   */
  readonly positions: {
    /** [2M + 1, P] */
    readonly table: Matrix;
    /** [P, taps·F], one block per tap */
    readonly first: Parameter;
    readonly second: Parameter;
  };
  /**
   * `windowFields` numbers per pair. The words it reads are within one sentence, and the words it
   * pools are among those it reads.
   */
  readonly windows: Int32Array;
  /** ReLU after the convolution. */
  readonly rectified: boolean;
  readonly pooling: readonly ("max" | "mean")[];
}

export interface Saved {
  readonly from: WindowConvolutionInput;
  /** The offsets that occur. */
  readonly offsets: Matrix;
  readonly windows: Address;
  readonly words: Sums;
  readonly first: OffsetSums;
  readonly second: OffsetSums;
  readonly pooled: readonly { readonly output: Matrix; readonly arg: Address }[];
}

/** Products of every row with every tap, and their sums along diagonals. */
interface Sums {
  readonly products: Address;
  readonly sums: Address;
  readonly rows: number;
}

interface OffsetSums extends Sums {
  readonly weight: Parameter;
}

/**
 * A convolution over word ⊕ offset from the first entity ⊕ offset from the second, zero-padded to
 * equal length and pooled for every pair of entities: [pairs, F] for each kind of pooling (Ye et
 * al. 2019, eq. 1; Zeng et al. 2015 pools in three pieces).
 *
 * A convolution is linear, so words are multiplied by the filters once per sentence and offsets
 * once per call, however many pairs there are. A pair then adds three precomputed terms. A window
 * across an edge of the words read subtracts the terms of the taps outside.
 *
 * @throws {ShapeError} if filters, places or windows do not fit the words
 */
export const windowConvolution: Operation<WindowConvolutionInput, readonly Matrix[], Saved> = {
  forward(tape, from) {
    checkWindows(from);
    const { bias, positions, rectified } = from;
    const { kernels } = tape;
    const weight = positions.first;
    const [taps, width] = [weight.blocks, bias.stride];
    const words = wordProducts(tape, from);
    forEachSentence(from, (at, n) => {
      const place = at * weight.stride * 4;
      kernels.diagonalSums({
        n,
        rows: n,
        first: -((taps - 1) >> 1),
        clipped: 0,
        taps,
        width,
        x: words.products + place,
        u: words.sums + place,
      });
    });
    const offsets = tape.kept === undefined ? occurring(from) : positions.table;
    const [first, second] = [positions.first, positions.second].map((share) => offsetSums(tape, offsets, share, width)) as [
      OffsetSums,
      OffsetSums,
    ];
    const count = from.windows.length / windowFields;
    const windows = tape.integers(from.windows);
    const sums = { words: words.sums, first: first.sums, second: second.sums, rows: first.rows };
    const call = { count, taps, width, windows, ...sums, bias: bias.at, rectified: Number(rectified) };
    const pooled = from.pooling.map((pooling) => {
      const output = tape.matrix(count, bias.columns); // [pairs, F]
      const arg = pooling === "max" ? tape.scratch(count * width) : 0;
      if (pooling === "max") kernels.windowMax({ ...call, y: output.at, arg });
      else kernels.windowMean({ ...call, y: output.at });
      return { output, arg };
    });
    return { output: pooled.map(({ output }) => output), saved: { from, offsets, windows, words, first, second, pooled } };
  },

  backward(tape, { from, offsets, windows, words, first, second, pooled }) {
    const { bias, positions } = from;
    const { kernels } = tape;
    const weight = positions.first;
    const [taps, width] = [weight.blocks, bias.stride];
    // The products are not read again, so the gradients of their sums replace them; sums of
    // clipped rows need more room.
    clear(tape, words.products, words.rows * weight.stride);
    const [dFirst, dSecond] = [tape.zeroed(first.rows * weight.stride), tape.zeroed(second.rows * weight.stride)];
    const slopes = { dWords: words.products, dFirst, dSecond, dBias: tape.gradientOf(bias) };
    const call = { taps, width, windows, rows: first.rows, rectified: Number(from.rectified), ...slopes };
    const sums = { words: words.sums, first: first.sums, second: second.sums };
    for (const [k, pooling] of from.pooling.entries()) {
      const { output, arg } = pooled[k] as Saved["pooled"][number];
      const count = output.rows;
      if (pooling === "max") kernels.windowMaxBackward({ ...call, count, y: output.at, arg, dy: output.grad });
      else kernels.windowMeanBackward({ ...call, count, ...sums, bias: bias.at, dy: output.grad });
    }
    clear(tape, words.sums, words.rows * weight.stride);
    forEachSentence(from, (at, n) => {
      const place = at * weight.stride * 4;
      kernels.diagonalSumsBackward({
        n,
        rows: n,
        first: -((taps - 1) >> 1),
        clipped: 0,
        taps,
        width,
        du: words.products + place,
        dx: words.sums + place,
      });
    });
    for (const part of from.parts) {
      if (part.rows === undefined) multiplyByGradient(tape, part.input, part.weight, undefined, words.sums);
      else reversePlacedProducts(tape, part, part.weight, words.sums);
    }
    for (const [share, slope] of [
      [first, dFirst],
      [second, dSecond],
    ] as const) {
      clear(tape, share.products, offsets.rows * weight.stride);
      kernels.diagonalSumsBackward({
        n: offsets.rows,
        rows: share.rows,
        first: 1 - taps,
        clipped: 1,
        taps,
        width,
        du: slope,
        dx: share.products,
      });
      multiplyByGradient(tape, offsets, share.weight, undefined, share.products);
    }
  },
};

/** The parts' products, added up at each word. */
function wordProducts(tape: Tape, { parts, offsets, positions }: WindowConvolutionInput): Sums {
  const { stride } = positions.first;
  const rows = offsets[offsets.length - 1] ?? 0;
  const products = tape.scratch(rows * stride);
  for (const [k, part] of parts.entries()) {
    const { at, index } = placedProducts(tape, part, part.weight);
    if (k === 0)
      tape.kernels.gatherRows({
        m: rows,
        n: stride,
        index: tape.integers(index),
        x: at,
        xStride: stride,
        y: products,
        yStride: stride,
      });
    else
      tape.kernels.gatherAdd({
        m: rows,
        n: stride,
        factor: 1,
        index: tape.integers(index),
        x: at,
        xStride: stride,
        y: products,
        yStride: stride,
      });
  }
  return { products, sums: tape.scratch(rows * stride), rows };
}

/** The middle of the table of offsets, up to the largest offset that occurs in any window. */
function occurring({ positions: { table }, windows }: WindowConvolutionInput): Matrix {
  const middle = (table.rows - 1) / 2;
  let reach = 0;
  for (let k = 0; k < windows.length; k += windowFields) {
    const [, , start = 0, end = 0, first = 0, second = 0] = windows.subarray(k, k + windowFields);
    for (const entity of [first, second]) reach = Math.max(reach, entity - start, end - 1 - entity);
  }
  const cut = Math.max(0, middle - reach);
  const skipped = cut * table.stride * 4;
  return { ...table, rows: table.rows - 2 * cut, at: table.at + skipped, grad: table.grad === 0 ? 0 : table.grad + skipped };
}

function offsetSums(tape: Tape, offsets: Matrix, weight: Parameter, width: number): OffsetSums {
  const taps = weight.blocks;
  const rows = offsets.rows + taps - 1;
  const products = tape.scratch(offsets.rows * weight.stride);
  const fill = (sums: Address): void => {
    multiplyBy(tape, offsets, weight, undefined, products);
    tape.kernels.diagonalSums({ n: offsets.rows, rows, first: 1 - taps, clipped: 1, taps, width, x: products, u: sums });
  };
  const floats = rows * weight.stride;
  if (tape.kept !== undefined) return { weight, products, sums: tape.kept.once(weight.name, floats, fill), rows };
  const sums = tape.scratch(floats);
  fill(sums);
  return { weight, products, sums, rows };
}

function clear(tape: Tape, at: Address, floats: number): void {
  tape.heap.clear(at, floats * 4);
}

function forEachSentence({ offsets }: WindowConvolutionInput, visit: (start: number, length: number) => void): void {
  for (let s = 0; s + 1 < offsets.length; s++) {
    const start = offsets[s] ?? 0;
    visit(start, (offsets[s + 1] ?? start) - start);
  }
}

function checkWindows({ parts, offsets, bias, positions, windows }: WindowConvolutionInput): void {
  const words = offsets[offsets.length - 1] ?? 0;
  const { table, first, second } = positions;
  const shares = [{ input: table, weight: first }, { input: table, weight: second }, ...parts];
  for (const { input, weight } of shares) {
    const fits = input.columns === weight.rows && weight.columns === weight.blocks * bias.columns;
    if (fits && weight.stride === first.stride && weight.blocks === first.blocks) continue;
    throw new ShapeError(
      `${weight.name} [${weight.rows}, ${weight.columns}] in ${weight.blocks} taps does not fit ${input.columns} columns and ${bias.columns} filters`,
    );
  }
  for (const part of parts) checkPlaces(part, words);
  if (table.rows % 2 === 0) throw new ShapeError(`the table of offsets has ${table.rows} rows, expected an odd number`);
  if (windows.length % windowFields !== 0)
    throw new ShapeError(`a window list of ${windows.length} numbers is not a multiple of ${windowFields}`);
  for (let k = 0; k < windows.length; k += windowFields) {
    const [from = 0, to = 0, start = 0, end = 0] = windows.subarray(k, k + windowFields);
    const ordered = start >= 0 && start <= from && to <= end && end <= words;
    if (!ordered) throw new ShapeError(`a window pools words ${from} to ${to} and reads ${start} to ${end}, out of ${words}`);
  }
}
