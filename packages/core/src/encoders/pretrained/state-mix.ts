import type { Matrix, Operation } from "@weft-nlp/tensor";
import { addMixGradient, type MixParameters, sharesOf } from "./layer-mix.ts";

/** The rows of words in every layer of a network that is trained, and the weights of the layers. */
export interface StateMixInput extends MixParameters {
  /** L matrices [ΣN, W] */
  readonly states: readonly Matrix[];
}

interface Saved extends StateMixInput {
  readonly output: Matrix;
  /** softmax(s), [L] */
  readonly shares: Float64Array;
}

/**
 * γ · Σ_l softmax(s)_l · h_l for every word, [ΣN, W]: a learned sum of the layers of a network
 * (Peters et al. 2018, eq. 1), whose layers get a gradient too.
 */
export const stateMix: Operation<StateMixInput, Matrix, Saved> = {
  forward(tape, input) {
    const { states, scale } = input;
    const [{ rows, columns, stride }] = states as [Matrix];
    const output = tape.matrix(rows, columns); // [ΣN, W]
    tape.heap.clear(output.at, rows * stride * 4);
    const shares = sharesOf(tape, input);
    const gamma = tape.heap.f32[scale.at / 4] as number;
    for (const [l, { at }] of states.entries()) {
      tape.kernels.addScaled({ n: rows * stride, factor: gamma * (shares[l] as number), x: at, y: output.at });
    }
    return { output, saved: { ...input, output, shares } };
  },

  backward(tape, { states, output, shares, ...parameters }) {
    const n = output.rows * output.stride;
    const gradient = tape.heap.floats(output.grad, n);
    const gamma = tape.heap.f32[parameters.scale.at / 4] as number;
    const sums = Float64Array.from(states, ({ at, grad }, l) => {
      const factor = gamma * (shares[l] as number);
      if (grad !== 0) tape.kernels.addScaled({ n, factor, x: output.grad, y: grad });
      const values = tape.heap.floats(at, n);
      return gradient.reduce((sum, value, k) => sum + value * (values[k] as number), 0); // ⟨dy, h_l⟩
    });
    addMixGradient(tape, parameters, shares, sums);
  },
};
