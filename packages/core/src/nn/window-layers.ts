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

/**
 * Filters of one width over words and their offsets from two entities (Zeng et al. 2015, §3; Ye et
 * al. 2019, §2.2). F is the number of filters.
 */
export interface WindowLayer {
  /** [columns, width·F], one block per tap, for each part of a word's input */
  readonly parts: readonly Parameter[];
  /** [positions, width·F]: the filters' weights for the offset from the first entity */
  readonly first: Parameter;
  /** [positions, width·F]: the filters' weights for the offset from the second entity */
  readonly second: Parameter;
  /** [1, F] */
  readonly bias: Parameter;
}

/** The columns of a word's input: those of each named part, and those of an offset embedding. */
export interface WindowColumns {
  readonly parts: readonly { readonly name: string; readonly width: number }[];
  readonly positions: number;
}

/**
 * Adds the parameters of a window layer. All weights start uniform in ±1/√(columns · width), where
 * columns counts all parts and both offsets. The weight of the first part is named after the scope
 * itself, those of the others after their parts.
 *
 * @param filters F
 * @param width words under a filter
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

/** The words and windows that a window layer reads. */
export interface WindowInput {
  /** The rows of each part, in the layer's order. */
  readonly parts: readonly PlacedRows[];
  /** Start of each sentence among the words, then the end of the last. */
  readonly offsets: Int32Array;
  /** Embeddings of the offsets −M to M, [2M + 1, positions]. */
  readonly positions: Parameter;
  /**
   * Six numbers per window, as in `operations.windowConvolution`: start and end of the words to
   * pool, start and end of the words the filters see, and the words of the two entities.
   */
  readonly windows: Int32Array;
  /** Whether a ReLU comes before the pooling. */
  readonly rectified: boolean;
  readonly pooling: readonly ("max" | "mean")[];
}

/**
 * Convolves and pools every window.
 *
 * @returns one matrix [windows, F] for each kind of pooling
 */
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

/**
 * Adds the parameters of a bidirectional GRU. All weights start uniform in ±1/√size.
 *
 * @param columns columns of a word's input and of an offset embedding
 * @param size units in each direction
 */
export function bigruLayer(scope: Scope, columns: { words: number; positions: number }, size: number): BigruLayer {
  return { forward: gru(scope.child("forward"), columns, size), backward: gru(scope.child("backward"), columns, size) };
}

/**
 * Runs the GRU over each sequence in both directions.
 *
 * @param parts rows of the words, of their offsets from the first entity, and of those from the
 *   second
 * @param offsets start of each sequence among the rows, then the end of the last
 * @returns h→ ⊕ h← of each row, [rows, 2·size]
 */
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
