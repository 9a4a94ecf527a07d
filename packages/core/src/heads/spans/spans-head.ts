import { type Initialiser, type Matrix, operations, type Parameter, parameterMatrix, type Tape, uniform } from "@weft-nlp/tensor";
import {
  applyConvolution,
  applyLinear,
  type ConvolutionLayer,
  convolutionLayer,
  type LinearLayer,
  linearLayer,
  type Scope,
} from "../../nn/index.ts";
import type { SpanSettings } from "./span-settings.ts";
import type { SpanUnits } from "./span-units.ts";

/**
 * The bias of no entity before training, at which a span is none with a probability of about 0.95:
 * most spans are none, and their number would drown the first steps (Lin et al. 2017, §3.3).
 */
const noneBias = 4;

/** Starts the first number at a value, and the others at 0. */
function firstAt(value: number): Initialiser {
  return () => {
    let drawn = 0;
    return () => (drawn++ === 0 ? value : 0);
  };
}

/**
 * Scores the labels of spans: W₂ relu(W₁ f + b₁) + b₂, where f concatenates the states of the first
 * and of the last word, the maximum of a convolution over the words, and the width (Lee et al.
 * 2017, §4; Eberts and Ulges 2020, §3.2, with filters over several words in the place of one).
 *
 * The hidden layer is linear before its ReLU, so W₁ f is a sum over the parts of f. Those of one
 * word are multiplied once per word instead of once per span.
 */
export class SpansHead {
  readonly #inner: ConvolutionLayer;
  /** W₁, split by the parts of the feature vector. */
  readonly #hidden: Readonly<Record<"first" | "last" | "inner", LinearLayer>>;
  readonly #width: Parameter;
  readonly #output: LinearLayer;

  /**
   * @param labels of a span, L
   * @param stateSize columns of the states, D
   */
  constructor(settings: SpanSettings, labels: number, stateSize: number, scope: Scope) {
    const { size, filters, widths, distinctWidths } = settings;
    this.#inner = convolutionLayer(scope.child("inner"), stateSize, filters, widths);
    const pooled = filters * widths.length;
    const place = scope.child("hidden");
    const initial = uniform(1 / Math.sqrt(2 * stateSize + pooled + distinctWidths));
    const part = (name: string, inputs: number): LinearLayer => ({
      weight: place.child(name).dense("weight", inputs, size, initial),
    });
    this.#hidden = {
      first: part("first", stateSize),
      last: part("last", stateSize),
      inner: { ...part("inner", pooled), bias: place.dense("bias", 1, size, initial) },
    };
    this.#width = place.child("width").dense("weight", distinctWidths, size, initial);
    const label = scope.child("label");
    this.#output = {
      ...linearLayer(label, size, labels, { bias: false }),
      bias: label.dense("bias", 1, labels, firstAt(noneBias)),
    };
  }

  /**
   * Computes the scores of the labels of all spans, [S, L].
   *
   * @param states of all words, [ΣN, D]
   */
  forward(tape: Tape, states: Matrix, { spans }: SpanUnits): Matrix {
    const count = spans.length / 2;
    const rows = (row: (start: number, end: number) => number): Int32Array =>
      Int32Array.from({ length: count }, (_, k) => row(spans[2 * k] ?? 0, spans[2 * k + 1] ?? 0));
    const inner = applyConvolution(tape, this.#inner, { input: states, spans }); // [S, pooled]
    const widest = this.#width.rows - 1;
    const sum = tape.apply(operations.compose, {
      rows: count,
      columns: this.#width.columns,
      terms: [
        { input: applyLinear(tape, this.#hidden.inner, inner) },
        { input: applyLinear(tape, this.#hidden.first, states), rows: rows((start) => start) },
        { input: applyLinear(tape, this.#hidden.last, states), rows: rows((_, end) => end - 1) },
        { input: parameterMatrix(tape, this.#width), rows: rows((start, end) => Math.min(widest, end - start - 1)) },
      ],
    }); // W₁ f + b₁, [S, size]
    return applyLinear(tape, this.#output, tape.apply(operations.relu, sum));
  }
}
