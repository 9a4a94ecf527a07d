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

/** An affine map x·W + b, or x·W without a bias. */
export interface LinearLayer {
  /** W, [inputs, outputs] */
  readonly weight: Parameter;
  /** b, [1, outputs] */
  readonly bias?: Parameter | undefined;
}

/**
 * Adds the parameters of a linear layer. Weight and bias start uniform in ±1/√inputs.
 *
 * @param options.bias whether the layer has a bias; defaults to true
 */
export function linearLayer(scope: Scope, inputs: number, outputs: number, options: { bias?: boolean } = {}): LinearLayer {
  const initial = uniform(1 / Math.sqrt(inputs));
  return {
    weight: scope.dense("weight", inputs, outputs, initial),
    bias: options.bias === false ? undefined : scope.dense("bias", 1, outputs, initial),
  };
}

/**
 * Computes x·W + b for every row.
 *
 * @param input [N, inputs]
 * @returns [N, outputs]
 */
export function applyLinear(tape: Tape, layer: LinearLayer, input: Matrix): Matrix {
  return tape.apply(operations.linear, { input, ...layer });
}

/** A bidirectional LSTM: one set of weights for each direction. */
export interface BilstmLayer {
  readonly forward: LstmParameters;
  readonly backward: LstmParameters;
}

/**
 * Adds the parameters of a bidirectional LSTM. All weights start uniform in ±1/√size.
 *
 * @param inputs columns of the input
 * @param size units in each direction
 */
export function bilstmLayer(scope: Scope, inputs: number, size: number): BilstmLayer {
  return { forward: lstm(scope.child("forward"), inputs, size), backward: lstm(scope.child("backward"), inputs, size) };
}

/**
 * Runs the LSTM over each sentence in both directions.
 *
 * @param words the input row of each word, ΣN words of all sentences in order
 * @param offsets start of each sentence among the words, then the end of the last
 * @returns h→ ⊕ h← of each word, [ΣN, 2·size]
 */
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
 * RIN's interaction cell, in two forms. Its input is a task's prediction, its state the shared
 * features, and its output the task's new features.
 */
export type InteractionCell =
  | { readonly form: "gru"; readonly parameters: GruParameters }
  | { readonly form: "paper"; readonly parameters: InteractionParameters };

/**
 * Adds the parameters of an interaction cell. All weights start uniform in ±1/√width.
 *
 * @param form `gru`: a standard GRU cell, as in the released code; `paper`: Sun et al. 2020, eq. 4
 * @param inputs columns of the prediction
 * @param width columns of the features, D
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
 * Computes a task's features from its last prediction and the shared features (Sun et al. 2020,
 * eq. 2 and 4).
 *
 * @param belief the task's prediction, [N, inputs]
 * @param shared H^(k−1), [N, D]
 * @returns the task's features, [N, D]
 */
export function interact(tape: Tape, cell: InteractionCell, belief: Matrix, shared: Matrix): Matrix {
  if (cell.form === "gru") return tape.apply(operations.gru, { input: belief, hidden: shared, cell: cell.parameters });
  return tape.apply(operations.interaction, { input: belief, hidden: shared, cell: cell.parameters });
}

/**
 * Scores every ordered pair of words for each relation (Sun et al. 2020, eq. 7). W_m is split into
 * the blocks that multiply the first and the second word.
 */
export interface PairLayer {
  /** The first word's block of W_m, [D, D], with the bias of the pair layer if it has one. */
  readonly first: LinearLayer;
  /** The second word's block of W_m, [D, D]. */
  readonly second: LinearLayer;
  /** [D, R] */
  readonly relation: LinearLayer & { readonly bias: Parameter };
}

/**
 * Adds the parameters of a pair layer. W_m starts uniform in ±1/√(2·width), the relation layer in
 * ±1/√width.
 *
 * @param width columns of the word features, D
 * @param relations relation types, R
 * @param options.bias whether W_m has a bias
 */
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

/** Filters of several widths over spans of rows, each followed by ReLU and max-pooling. */
export interface ConvolutionLayer {
  readonly filters: readonly {
    /** [inputs, width·F], one block per tap */
    readonly weight: Parameter;
    readonly bias: Parameter;
    /** [labels, width·F]: the filters' weights for one-hot columns next to the input */
    readonly labels: Parameter | undefined;
  }[];
}

/**
 * Adds the parameters of a convolution. All weights start uniform in ±1/√(columns · width), where
 * columns = inputs + labels.
 *
 * @param filters filters of each width, F
 * @param widths rows under a filter
 * @param labels one-hot columns next to the inputs; defaults to 0
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

/** The rows and spans that a convolution reads. */
export interface ConvolutionInput {
  /** [M, inputs] */
  readonly input: Matrix;
  /** Start and end of each span, one after the other. */
  readonly spans: Int32Array;
  /**
   * The input row and the label at each place that spans refer to; `factor` scales the one-hot
   * labels. Defaults to the rows of the input, without labels.
   */
  readonly places?: { readonly source: Int32Array; readonly labels: Int32Array; readonly factor: number } | undefined;
}

/**
 * Convolves and max-pools every span with the filters of every width.
 *
 * @returns [spans, widths · F]
 */
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

/**
 * Batch normalisation, γ (x − mean) / √(variance + ε) + β for each column (Ioffe and Szegedy 2015).
 * All parameters are [1, columns].
 */
export interface NormLayer {
  /** γ */
  readonly scale: Parameter;
  /** β */
  readonly shift: Parameter;
  /** The running mean, used outside training. */
  readonly mean: Parameter;
  /** The running variance, used outside training. */
  readonly variance: Parameter;
  readonly momentum: number;
  readonly epsilon: number;
}

/** The constants of a batch normalisation. */
export interface NormOptions {
  /** The share of the running statistics that a step keeps. */
  readonly momentum: number;
  /** ε, added to the variance. */
  readonly epsilon: number;
}

/**
 * Adds the parameters of a batch normalisation. They start with γ = 1, β = 0, a running mean of 0
 * and a running variance of 1.
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

/**
 * Normalises each column: by the moments of the batch in training, by the running ones otherwise.
 *
 * @param input [N, columns]
 * @returns [N, columns]
 */
export function applyNorm(tape: Tape, layer: NormLayer, input: Matrix): Matrix {
  return tape.apply(operations.batchNorm, { input, ...layer });
}

/** Concatenates matrices with the same number of rows, column-wise. */
export function concatenate(tape: Tape, parts: readonly Matrix[]): Matrix {
  let columns = 0;
  const terms = parts.map((input) => {
    const to = columns;
    columns += input.columns;
    return { input, to };
  });
  return tape.apply(operations.compose, { rows: parts[0]?.rows ?? 0, columns, terms });
}
