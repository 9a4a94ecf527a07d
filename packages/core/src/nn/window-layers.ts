import {
  type BigruParameters,
  type Matrix,
  operations,
  type Parameter,
  type PlacedRows,
  parameterMatrix,
  type Tape,
  uniform,
} from "@weft-nlp/tensor";
import type { Scope } from "./scope.ts";

/** Filters of one width over words and their offsets from two entities. */
export interface WindowLayer {
  /** [columns, width·F] in one block a tap, for each part of what stands at a word */
  readonly parts: readonly Parameter[];
  /**
   * [positions, width·F]: the filters' share for the offset from the first and from the second
   * entity
   */
  readonly first: Parameter;
  readonly second: Parameter;
  readonly bias: Parameter;
}

/** What stands at a word: the columns of each part, by name, and those of an offset. */
export interface WindowColumns {
  readonly parts: readonly { readonly name: string; readonly width: number }[];
  readonly positions: number;
}

/**
 * All weights start uniform in ±1/√(columns · width). The weight of the first part has no name of
 * its own.
 */
export function windowLayer(scope: Scope, { parts, positions }: WindowColumns, filters: number, width: number): WindowLayer {
  const columns = parts.reduce((sum, part) => sum + part.width, 2 * positions);
  const initial = uniform(1 / Math.sqrt(columns * width));
  const share = (place: Scope, rows: number): Parameter => place.dense("weight", rows, width * filters, initial, width);
  return {
    parts: parts.map((part, index) => share(index === 0 ? scope : scope.child(part.name), part.width)),
    first: share(scope.child("first"), positions),
    second: share(scope.child("second"), positions),
    bias: scope.dense("bias", 1, filters, initial),
  };
}

export interface WindowInput {
  /** The rows of each part, in the order of the layer's. */
  readonly parts: readonly PlacedRows[];
  readonly offsets: Int32Array;
  /** Embeddings of the offsets −M to M, [2M + 1, positions]. */
  readonly positions: Parameter;
  /** As `operations.windowConvolution` takes them. */
  readonly windows: Int32Array;
  readonly rectified: boolean;
  readonly pooling: readonly ("max" | "mean")[];
}

/** @returns one matrix [windows, F] for each way of pooling */
export function applyWindows(tape: Tape, layer: WindowLayer, { positions, parts, ...input }: WindowInput): readonly Matrix[] {
  const { first, second, bias } = layer;
  return tape.apply(operations.windowConvolution, {
    ...input,
    parts: parts.map((rows, index) => ({ ...rows, weight: layer.parts[index] as Parameter })),
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
