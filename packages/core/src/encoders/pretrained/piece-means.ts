import type { Matrix, Operation } from "@weft-nlp/tensor";
import type { PieceShare } from "./packed-pieces.ts";

/** The states of pieces, and what each contributes to a word. */
export interface PieceMeansInput {
  /** [ΣP, W] */
  readonly states: Matrix;
  readonly shares: readonly PieceShare[];
  readonly words: number;
}

interface Saved extends PieceMeansInput {
  readonly output: Matrix;
}

/** The rows of words from those of their pieces, [ΣN, W]. */
export const pieceMeans: Operation<PieceMeansInput, Matrix, Saved> = {
  forward(tape, input) {
    const { states, shares, words } = input;
    const { columns, stride } = states;
    const output = tape.matrix(words, columns); // [ΣN, W]
    tape.heap.clear(output.at, words * stride * 4);
    const from = tape.heap.floats(states.at, states.rows * stride);
    const into = tape.heap.floats(output.at, words * stride);
    for (const { word, piece, share } of shares) {
      const [row, at] = [word * stride, piece * stride];
      for (let k = 0; k < columns; k++) into[row + k] = (into[row + k] as number) + share * (from[at + k] as number);
    }
    return { output, saved: { ...input, output } };
  },

  backward(tape, { states, shares, output }) {
    if (states.grad === 0) return;
    const { columns, stride } = states;
    const from = tape.heap.floats(output.grad, output.rows * stride);
    const into = tape.heap.floats(states.grad, states.rows * stride);
    for (const { word, piece, share } of shares) {
      const [row, at] = [word * stride, piece * stride];
      for (let k = 0; k < columns; k++) into[at + k] = (into[at + k] as number) + share * (from[row + k] as number);
    }
  },
};
