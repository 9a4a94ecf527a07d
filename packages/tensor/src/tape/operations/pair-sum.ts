import type { Operation, Tape } from "../tape.ts";
import type { PairScorer } from "./pairs.ts";

export interface PairSumInput extends PairScorer {
  /**
   * One flat list of triples i, j, r per sentence, with positions within the sentence. Triples may
   * repeat.
   */
  readonly cells: readonly Int32Array[];
  /** The factor of each triple. */
  readonly weights: readonly Float64Array[];
  /** Factor of the sum in the objective, for the gradient. */
  readonly factor: number;
}

/**
 * Σ weight · score over some cells, not yet multiplied by the factor. For a few sampled cells the
 * cost does not grow with N².
 */
export const pairSum: Operation<PairSumInput, number, PairSumInput> = {
  forward(tape, input) {
    let total = 0;
    for (const [s, scores] of pairScores(tape, input, input.cells).entries()) {
      for (const [k, score] of scores.entries()) total += score * (input.weights[s]?.[k] ?? 0);
    }
    return { output: total, saved: input };
  },

  backward(tape, input) {
    const { a, b, weight, bias } = input;
    const dA = tape.gradientRoom(a) / 4;
    const dB = tape.gradientRoom(b) / 4;
    const [dWeight, dBias] = [tape.gradientOf(weight) / 4, tape.gradientOf(bias) / 4];
    const { f32 } = tape.heap;
    const add = (at: number, value: number): void => {
      f32[at] = (f32[at] ?? 0) + value;
    };
    forEachCell(input, input.cells, (i, j, r, s, k) => {
      const by = input.factor * (input.weights[s]?.[k] ?? 0);
      add(dBias + r, by);
      for (let d = 0; d < weight.rows; d++) {
        const joined = (f32[a.at / 4 + i * a.stride + d] ?? 0) + (f32[b.at / 4 + j * b.stride + d] ?? 0);
        if (joined <= 0) continue;
        const slope = by * (f32[weight.at / 4 + d * weight.stride + r] ?? 0);
        add(dWeight + d * weight.stride + r, by * joined);
        add(dA + i * a.stride + d, slope);
        add(dB + j * b.stride + d, slope);
      }
    });
  },
};

/** The scores of some cells of each sentence, before the sigmoid. */
export function pairScores(tape: Tape, scorer: PairScorer, cells: readonly Int32Array[]): Float64Array[] {
  const { a, b, weight, bias } = scorer;
  const { f32 } = tape.heap;
  const scores = cells.map((list) => new Float64Array(list.length / 3));
  forEachCell(scorer, cells, (i, j, r, s, k) => {
    let score = f32[bias.at / 4 + r] ?? 0;
    for (let d = 0; d < weight.rows; d++) {
      const joined = (f32[a.at / 4 + i * a.stride + d] ?? 0) + (f32[b.at / 4 + j * b.stride + d] ?? 0);
      if (joined > 0) score += joined * (f32[weight.at / 4 + d * weight.stride + r] ?? 0);
    }
    (scores[s] as Float64Array)[k] = score;
  });
  return scores;
}

/** Visits the cells with their packed rows i and j. */
function forEachCell(
  { offsets }: PairScorer,
  cells: readonly Int32Array[],
  visit: (i: number, j: number, r: number, sentence: number, index: number) => void,
): void {
  for (const [s, list] of cells.entries()) {
    const start = offsets[s] ?? 0;
    for (let k = 0; k < list.length; k += 3)
      visit(start + (list[k] ?? 0), start + (list[k + 1] ?? 0), list[k + 2] ?? 0, s, k / 3);
  }
}
