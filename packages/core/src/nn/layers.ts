import {
  type GruParameters,
  type InteractionParameters,
  type LstmParameters,
  type Matrix,
  ones,
  operations,
  type Parameter,
  type PlacedRows,
  type Tape,
  uniform,
  zeros,
} from "@weft-nlp/tensor";
import type { Scope } from "./scope.ts";

export interface LinearLayer {
  readonly weight: Parameter;
  readonly bias?: Parameter | undefined;
}

/** x·W + b; both start uniform in ±1/√inputs. */
export function linearLayer(scope: Scope, inputs: number, outputs: number, options: { bias?: boolean } = {}): LinearLayer {
  const initial = uniform(1 / Math.sqrt(inputs));
  return {
    weight: scope.dense("weight", inputs, outputs, initial),
    bias: options.bias === false ? undefined : scope.dense("bias", 1, outputs, initial),
  };
}

export function applyLinear(tape: Tape, layer: LinearLayer, input: Matrix): Matrix {
  return tape.apply(operations.linear, { input, ...layer });
}

export interface BilstmLayer {
  readonly forward: LstmParameters;
  readonly backward: LstmParameters;
}

/**
 * A bidirectional LSTM; all weights start uniform in ±1/√size.
 *
 * @param size units of one direction
 */
export function bilstmLayer(scope: Scope, inputs: number, size: number): BilstmLayer {
  return { forward: lstm(scope.child("forward"), inputs, size), backward: lstm(scope.child("backward"), inputs, size) };
}

/** @param words the row of the input that each word of each sentence is */
export function applyBilstm(tape: Tape, layer: BilstmLayer, words: PlacedRows, offsets: Int32Array): Matrix {
  return tape.apply(operations.bilstm, { ...words, offsets, ...layer });
}

function lstm(scope: Scope, inputs: number, size: number): LstmParameters {
  const initial = uniform(1 / Math.sqrt(size));
  return {
    input: scope.child("input").dense("weight", inputs, 4 * size, initial, 4),
    hidden: scope.child("hidden").dense("weight", size, 4 * size, initial, 4),
    bias: scope.dense("bias", 1, 4 * size, initial, 4),
  };
}

/**
 * The two forms of RIN's interaction cell: reads a prediction, holds the shared features, gives a
 * task's features.
 */
export type InteractionCell =
  | { readonly form: "gru"; readonly parameters: GruParameters }
  | { readonly form: "paper"; readonly parameters: InteractionParameters };

/**
 * @param form `gru`: a standard GRU cell, as in the released code; `paper`: Sun et al. 2020, eq. 4
 * @param inputs width of the prediction
 * @param width width of the features, D
 */
export function interactionCell(scope: Scope, form: InteractionCell["form"], inputs: number, width: number): InteractionCell {
  const initial = uniform(1 / Math.sqrt(width));
  if (form === "gru") {
    const input = scope.child("input");
    const hidden = scope.child("hidden");
    return {
      form,
      parameters: {
        input: input.dense("weight", inputs, 3 * width, initial, 3),
        inputBias: input.dense("bias", 1, 3 * width, initial, 3),
        hidden: hidden.dense("weight", width, 3 * width, initial, 3),
        hiddenBias: hidden.dense("bias", 1, 3 * width, initial, 3),
      },
    };
  }
  return {
    form,
    parameters: {
      gatesHidden: scope.child("gates-hidden").dense("weight", width, 2 * width, initial, 2),
      gatesInput: scope.child("gates-input").dense("weight", inputs, 2 * width, initial, 2),
      freshHidden: scope.child("fresh-hidden").dense("weight", width, width, initial),
      freshInput: scope.child("fresh-input").dense("weight", inputs, width, initial),
    },
  };
}

/**
 * @param belief the task's prediction, [N, inputs]
 * @param shared H^(k−1), [N, D]
 * @returns the task's features, [N, D]
 */
export function interact(tape: Tape, cell: InteractionCell, belief: Matrix, shared: Matrix): Matrix {
  if (cell.form === "gru") return tape.apply(operations.gru, { input: belief, hidden: shared, cell: cell.parameters });
  return tape.apply(operations.interaction, { input: belief, hidden: shared, cell: cell.parameters });
}

/**
 * Scores all ordered pairs of words for each relation: eq. 7, W_m split into the share of the first
 * and of the second word.
 */
export interface PairLayer {
  readonly first: LinearLayer;
  readonly second: LinearLayer;
  readonly relation: LinearLayer & { readonly bias: Parameter };
}

export function pairLayer(scope: Scope, width: number, relations: number, options: { bias: boolean }): PairLayer {
  const pair = scope.child("pair");
  const initial = uniform(1 / Math.sqrt(2 * width));
  const relation = scope.child("relation");
  const outer = uniform(1 / Math.sqrt(width));
  return {
    first: {
      weight: pair.child("first").dense("weight", width, width, initial),
      bias: options.bias ? pair.dense("bias", 1, width, initial) : undefined,
    },
    second: { weight: pair.child("second").dense("weight", width, width, initial) },
    relation: {
      weight: relation.dense("weight", width, relations, outer),
      bias: relation.dense("bias", 1, relations, outer),
    },
  };
}

/** Filters of several widths over spans of rows, each followed by ReLU and a maximum. */
export interface ConvolutionLayer {
  readonly filters: readonly {
    /** [inputs, width·F] in one block a tap */
    readonly weight: Parameter;
    readonly bias: Parameter;
    /** [labels, width·F]: the filters' share for one-hot columns beside the input */
    readonly labels: Parameter | undefined;
  }[];
}

/**
 * All weights start uniform in ±1/√(columns · width).
 *
 * @param labels one-hot columns beside the inputs; 0 for none
 */
export function convolutionLayer(
  scope: Scope,
  inputs: number,
  filters: number,
  widths: readonly number[],
  labels = 0,
): ConvolutionLayer {
  return {
    filters: widths.map((width) => {
      const place = scope.child(`width-${width}`);
      const initial = uniform(1 / Math.sqrt((inputs + labels) * width));
      return {
        weight: place.dense("weight", inputs, width * filters, initial, width),
        bias: place.dense("bias", 1, filters, initial),
        labels: labels === 0 ? undefined : place.child("label").dense("weight", labels, width * filters, initial, width),
      };
    }),
  };
}

export interface ConvolutionInput {
  /** [M, inputs] */
  readonly input: Matrix;
  readonly spans: Int32Array;
  /**
   * The input row at each place that spans count, and its label; the input itself, without labels,
   * where left out.
   */
  readonly places?: { readonly source: Int32Array; readonly labels: Int32Array; readonly factor: number } | undefined;
}

/** @returns [spans, widths · filters] */
export function applyConvolution(tape: Tape, layer: ConvolutionLayer, { input, spans, places }: ConvolutionInput): Matrix {
  const pooled = layer.filters.map(({ weight, bias, labels }) =>
    tape.apply(operations.spanConvolution, {
      input,
      weight,
      bias,
      spans,
      source: places?.source,
      labels:
        labels === undefined || places === undefined ? undefined : { weight: labels, ids: places.labels, factor: places.factor },
    }),
  );
  return concatenate(tape, pooled);
}

/** Batch normalisation: Ioffe and Szegedy 2015. */
export interface NormLayer {
  readonly scale: Parameter;
  readonly shift: Parameter;
  readonly mean: Parameter;
  readonly variance: Parameter;
  readonly momentum: number;
  readonly epsilon: number;
}

export interface NormOptions {
  /** The share of the running statistics that a step keeps. */
  readonly momentum: number;
  readonly epsilon: number;
}

/**
 * Changes nothing at first but what the moments do: γ = 1, β = 0, and running statistics of the
 * mean 0 and the variance 1.
 */
export function normLayer(scope: Scope, columns: number, options: NormOptions): NormLayer {
  return {
    scale: scope.dense("scale", 1, columns, ones),
    shift: scope.dense("shift", 1, columns, zeros),
    mean: scope.running("mean", columns, zeros),
    variance: scope.running("variance", columns, ones),
    momentum: options.momentum,
    epsilon: options.epsilon,
  };
}

export function applyNorm(tape: Tape, layer: NormLayer, input: Matrix): Matrix {
  return tape.apply(operations.batchNorm, { input, ...layer });
}

/** Matrices of equally many rows side by side. */
export function concatenate(tape: Tape, parts: readonly Matrix[]): Matrix {
  let columns = 0;
  const terms = parts.map((input) => {
    const to = columns;
    columns += input.columns;
    return { input, to };
  });
  return tape.apply(operations.compose, { rows: parts[0]?.rows ?? 0, columns, terms });
}
