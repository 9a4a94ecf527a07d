import type { Matrix, Operation, Parameter, Tape } from "@weft-nlp/tensor";
import { halfValues } from "../../archive/index.ts";

/** The parameters of a sum of layers. */
export interface MixParameters {
  readonly layers: number;
  /** s, [1, L]: the weights before their softmax; absent with a single layer. */
  readonly mix: Parameter | undefined;
  /** γ, [1, 1] */
  readonly scale: Parameter;
}

/** The rows of words in every layer of a frozen network, and the weights of the layers. */
export interface LayerMixInput extends MixParameters {
  /** [N, L, W] of each sentence, as 16-bit floats. */
  readonly features: readonly Uint16Array[];
  readonly width: number;
}

interface Saved extends LayerMixInput {
  readonly output: Matrix;
  /** softmax(s), [L] */
  readonly shares: Float64Array;
}

/**
 * γ · Σ_l softmax(s)_l · h_l for every word, [ΣN, W]: a learned sum of the layers of a frozen
 * network (Peters et al. 2018, eq. 1).
 */
export const layerMix: Operation<LayerMixInput, Matrix, Saved> = {
  forward(tape, input) {
    const { features, layers, width } = input;
    const words = features.reduce((sum, { length }) => sum + length / (layers * width), 0);
    const output = tape.matrix(words, width); // [ΣN, W]
    const shares = sharesOf(tape, input);
    const factors = shares.map((share) => share * (tape.heap.f32[input.scale.at / 4] as number));
    const values = halfValues();
    const into = tape.heap.floats(output.at, words * output.stride);
    eachRow(input, output.stride, (halves, from, l, row) => {
      const factor = factors[l] as number;
      for (let k = 0; k < width; k++) {
        const term = factor * (values[halves[from + k] as number] as number);
        into[row + k] = l === 0 ? term : (into[row + k] as number) + term;
      }
    });
    return { output, saved: { ...input, output, shares } };
  },

  backward(tape, { output, shares, ...input }) {
    const { width, layers } = input;
    const values = halfValues();
    const gradient = tape.heap.floats(output.grad, output.rows * output.stride);
    const sums = new Float64Array(layers); // ⟨dy, h_l⟩
    eachRow(input, output.stride, (halves, from, l, row) => {
      let sum = 0;
      for (let k = 0; k < width; k++) sum += (gradient[row + k] as number) * (values[halves[from + k] as number] as number);
      sums[l] = (sums[l] as number) + sum;
    });
    addMixGradient(tape, input, shares, sums);
  },
};

/**
 * Adds the gradients of γ and s.
 *
 * @param shares softmax(s), [L]
 * @param sums ⟨dy, h_l⟩, [L]
 */
export function addMixGradient(
  tape: Tape,
  { mix, scale, layers }: MixParameters,
  shares: Float64Array,
  sums: Float64Array,
): void {
  const mean = shares.reduce((total, share, l) => total + share * (sums[l] as number), 0);
  const factor = tape.heap.f32[scale.at / 4] as number;
  add(tape, tape.gradientOf(scale), 0, mean);
  for (let l = 0; l < layers && mix !== undefined; l++) {
    add(tape, tape.gradientOf(mix), l, factor * (shares[l] as number) * ((sums[l] as number) - mean));
  }
}

function add({ heap }: Tape, at: number, place: number, value: number): void {
  heap.f32[at / 4 + place] = (heap.f32[at / 4 + place] as number) + value;
}

/** softmax(s), [L]; 1 without weights. */
export function sharesOf({ heap }: Tape, { mix, layers }: MixParameters): Float64Array {
  if (mix === undefined) return new Float64Array(layers).fill(1);
  const scores = Float64Array.from(heap.f32.subarray(mix.at / 4, mix.at / 4 + layers));
  const highest = scores.reduce((high, score) => Math.max(high, score), Number.NEGATIVE_INFINITY);
  const powers = scores.map((score) => Math.exp(score - highest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

type VisitRow = (halves: Uint16Array, from: number, layer: number, row: number) => void;

/** Visits the rows of all layers of each word, with the place of the word's row in the output. */
function eachRow({ features, layers, width }: LayerMixInput, stride: number, visit: VisitRow): void {
  let row = 0;
  for (const halves of features) {
    for (let from = 0; from < halves.length; from += layers * width) {
      for (let l = 0; l < layers; l++) visit(halves, from + l * width, l, row);
      row += stride;
    }
  }
}
