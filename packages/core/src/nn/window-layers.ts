import {
  type BigruParameters,
  type Matrix,
  operations,
  type Parameter,
  type PlacedRows,
  parameterMatrix,
  type Tape,
  uniform,
  type WindowPart,
} from "@weft-nlp/tensor";
import type { Scope } from "./scope.ts";

/** Filters of one width over words and their offsets from two entities. */
export interface WindowLayer {
  /** [words, width·F] in one block a tap */
  readonly weight: Parameter;
  /** [tags, width·F]: the filters' share for tags, where there are any */
  readonly tag: Parameter | undefined;
  /** [positions, width·F]: the filters' share for the offset from the first and from the second entity */
  readonly first: Parameter;
  readonly second: Parameter;
  readonly bias: Parameter;
}

/** Columns of what stands at a word; 0 tags for none. */
export interface WindowColumns {
  readonly words: number;
  readonly tags: number;
  readonly positions: number;
}

/** All weights start uniform in ±1/√(columns · width). */
export function windowLayer(scope: Scope, columns: WindowColumns, filters: number, width: number): WindowLayer {
  const { words, tags, positions } = columns;
  const initial = uniform(1 / Math.sqrt((words + tags + 2 * positions) * width));
  const share = (place: Scope, rows: number): Parameter => place.dense("weight", rows, width * filters, initial, width);
  return {
    weight: share(scope, words),
    tag: tags === 0 ? undefined : share(scope.child("tag"), tags),
    first: share(scope.child("first"), positions),
    second: share(scope.child("second"), positions),
    bias: scope.dense("bias", 1, filters, initial),
  };
}

/** Rows of a matrix, and which of them stands at each word; row by row where left out. */
export type RowsOfWords = Omit<WindowPart, "weight">;

export interface WindowInput {
  readonly words: RowsOfWords;
  readonly tags: RowsOfWords | undefined;
  readonly offsets: Int32Array;
  /** Embeddings of the offsets −M to M, [2M + 1, positions]. */
  readonly positions: Parameter;
  /** As `operations.windowConvolution` takes them. */
  readonly windows: Int32Array;
  readonly rectified: boolean;
  readonly pooling: readonly ("max" | "mean")[];
}

/** @returns one matrix [windows, F] for each way of pooling */
export function applyWindows(
  tape: Tape,
  layer: WindowLayer,
  { positions, words, tags, ...input }: WindowInput,
): readonly Matrix[] {
  const { weight, tag, first, second, bias } = layer;
  const parts = [{ ...words, weight }];
  if (tags !== undefined && tag !== undefined) parts.push({ ...tags, weight: tag });
  return tape.apply(operations.windowConvolution, {
    ...input,
    parts,
    bias,
    positions: { table: parameterMatrix(tape, positions), first, second },
  });
}

/** A bidirectional GRU over words and their offsets from two entities. */
export interface BigruLayer {
  readonly forward: BigruParameters;
  readonly backward: BigruParameters;
}

/** All weights start uniform in ±1/√size. @param size units of one direction */
export function bigruLayer(scope: Scope, columns: { words: number; positions: number }, size: number): BigruLayer {
  return { forward: gru(scope.child("forward"), columns, size), backward: gru(scope.child("backward"), columns, size) };
}

/** @param parts words, then offsets from the first and from the second entity */
export function applyBigru(tape: Tape, layer: BigruLayer, parts: readonly PlacedRows[], offsets: Int32Array): Matrix {
  return tape.apply(operations.bigru, { parts, offsets, ...layer });
}

function gru(scope: Scope, { words, positions }: { words: number; positions: number }, size: number): BigruParameters {
  const initial = uniform(1 / Math.sqrt(size));
  const dense = (name: string, kind: "weight" | "bias", rows: number): Parameter =>
    scope.child(name).dense(kind, rows, 3 * size, initial, 3);
  return {
    inputs: [dense("input", "weight", words), dense("first", "weight", positions), dense("second", "weight", positions)],
    inputBias: dense("input", "bias", 1),
    hidden: dense("hidden", "weight", size),
    hiddenBias: dense("hidden", "bias", 1),
  };
}
