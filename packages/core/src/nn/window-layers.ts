import { type GruParameters, type Matrix, operations, type Parameter, parameterMatrix, type Tape, uniform } from "@weft/tensor";
import type { Scope } from "./scope.ts";

/** Filters of one width over words and their offsets from two entities. */
export interface WindowLayer {
  /** [inputs, width·F] in one block a tap */
  readonly weight: Parameter;
  /** [positions, width·F]: the filters' share for the offset from the first and from the second entity */
  readonly first: Parameter;
  readonly second: Parameter;
  readonly bias: Parameter;
}

/** All weights start uniform in ±1/√(columns · width). */
export function windowLayer(scope: Scope, inputs: number, positions: number, filters: number, width: number): WindowLayer {
  const initial = uniform(1 / Math.sqrt((inputs + 2 * positions) * width));
  const share = (name: string): Parameter => scope.child(name).dense("weight", positions, width * filters, initial, width);
  return {
    weight: scope.dense("weight", inputs, width * filters, initial, width),
    first: share("first"),
    second: share("second"),
    bias: scope.dense("bias", 1, filters, initial),
  };
}

export interface WindowInput {
  /** [ΣN, inputs] */
  readonly input: Matrix;
  readonly offsets: Int32Array;
  /** Embeddings of the offsets −M to M, [2M + 1, positions]. */
  readonly positions: Parameter;
  /** As `operations.windowConvolution` takes them. */
  readonly windows: Int32Array;
  readonly rectified: boolean;
  readonly pooling: readonly ("max" | "mean")[];
}

/** @returns one matrix [windows, F] for each way of pooling */
export function applyWindows(tape: Tape, layer: WindowLayer, { positions, ...input }: WindowInput): readonly Matrix[] {
  const { weight, first, second, bias } = layer;
  return tape.apply(operations.windowConvolution, {
    ...input,
    weight,
    bias,
    positions: { table: parameterMatrix(tape, positions), first, second },
  });
}

export interface BigruLayer {
  readonly forward: GruParameters;
  readonly backward: GruParameters;
}

/** A bidirectional GRU; all weights start uniform in ±1/√size. @param size units of one direction */
export function bigruLayer(scope: Scope, inputs: number, size: number): BigruLayer {
  return { forward: gru(scope.child("forward"), inputs, size), backward: gru(scope.child("backward"), inputs, size) };
}

export function applyBigru(tape: Tape, layer: BigruLayer, input: Matrix, offsets: Int32Array): Matrix {
  return tape.apply(operations.bigru, { input, offsets, ...layer });
}

function gru(scope: Scope, inputs: number, size: number): GruParameters {
  const initial = uniform(1 / Math.sqrt(size));
  const [input, hidden] = [scope.child("input"), scope.child("hidden")];
  return {
    input: input.dense("weight", inputs, 3 * size, initial, 3),
    inputBias: input.dense("bias", 1, 3 * size, initial, 3),
    hidden: hidden.dense("weight", size, 3 * size, initial, 3),
    hiddenBias: hidden.dense("bias", 1, 3 * size, initial, 3),
  };
}
