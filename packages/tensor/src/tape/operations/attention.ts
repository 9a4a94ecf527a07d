import { ShapeError } from "../../errors.ts";
import type { Matrix } from "../../tensor/matrix.ts";
import type { Operation } from "../tape.ts";

export interface AttentionInput {
  /** The score of each row before the softmax, [ΣN, 1]. */
  readonly scores: Matrix;
  /** [ΣN, D] */
  readonly values: Matrix;
  /** Where each sequence starts, and where the last one ends. */
  readonly offsets: Int32Array;
}

export interface Saved extends AttentionInput {
  readonly weights: Float64Array;
  readonly output: Matrix;
}

/**
 * The mean of each sequence's rows, weighted by the softmax of their scores: [sequences, D]. An
 * empty sequence gives zeros.
 *
 * @throws {ShapeError} unless there is one score for each row of the values
 */
export const attention: Operation<AttentionInput, Matrix, Saved> = {
  forward(tape, { scores, values, offsets }) {
    if (scores.columns !== 1 || scores.rows !== values.rows) {
      throw new ShapeError(`scores [${scores.rows}, ${scores.columns}] do not fit values [${values.rows}, ${values.columns}]`);
    }
    const output = tape.matrix(offsets.length - 1, values.columns); // [sequences, D]
    tape.heap.clear(output.at, output.rows * output.stride * 4);
    const weights = new Float64Array(values.rows);
    for (let s = 0; s < output.rows; s++) {
      const [start, end] = [offsets[s] ?? 0, offsets[s + 1] ?? 0];
      let [highest, total] = [-Infinity, 0];
      const scoreAt = (i: number): number => tape.heap.f32[scores.at / 4 + i * scores.stride] ?? 0;
      for (let i = start; i < end; i++) highest = Math.max(highest, scoreAt(i));
      for (let i = start; i < end; i++) total += weights[i] = Math.exp(scoreAt(i) - highest);
      const to = output.at + s * output.stride * 4;
      for (let i = start; i < end; i++) {
        weights[i] = (weights[i] ?? 0) / total;
        tape.kernels.addScaled({ n: values.stride, factor: weights[i] ?? 0, x: values.at + i * values.stride * 4, y: to });
      }
    }
    return { output, saved: { scores, values, offsets, weights, output } };
  },

  backward(tape, { scores, values, offsets, weights, output }) {
    const { heap, kernels } = tape;
    const slopes = new Float64Array(values.rows);
    for (let s = 0; s < output.rows; s++) {
      const [start, end] = [offsets[s] ?? 0, offsets[s + 1] ?? 0];
      const from = output.grad + s * output.stride * 4;
      let mean = 0;
      for (let i = start; i < end; i++) {
        slopes[i] = dotProduct(heap.f32, values.at / 4 + i * values.stride, from / 4, values.columns);
        mean += (slopes[i] ?? 0) * (weights[i] ?? 0);
      }
      for (let i = start; i < end; i++) {
        const weight = weights[i] ?? 0;
        const to = scores.grad / 4 + i * scores.stride;
        if (scores.grad !== 0) heap.f32[to] = (heap.f32[to] ?? 0) + weight * ((slopes[i] ?? 0) - mean);
        if (values.grad === 0) continue;
        kernels.addScaled({ n: values.stride, factor: weight, x: from, y: values.grad + i * values.stride * 4 });
      }
    }
  },
};

/** Σ x[i]·y[i] over `count` floats of memory, from the places x and y. */
function dotProduct(memory: Float32Array, x: number, y: number, count: number): number {
  let sum = 0;
  for (let j = 0; j < count; j++) sum += (memory[x + j] ?? 0) * (memory[y + j] ?? 0);
  return sum;
}
