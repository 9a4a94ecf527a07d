import { ShapeError } from "../../errors.ts";
import type { Matrix } from "../../tensor/matrix.ts";
import type { Operation } from "../tape.ts";

export interface RankingLossInput {
  /** Scores of the classes, [N, C] or more columns. */
  readonly scores: Matrix;
  /** C: how many columns hold the score of a class; defaults to all. */
  readonly classes?: number | undefined;
  /** The right class of each row; −1 for a row of no class. */
  readonly gold: Int32Array;
  /** m⁺: the score that the right class should pass. */
  readonly positiveMargin: number;
  /** m⁻: wrong classes should score below −m⁻. */
  readonly negativeMargin: number;
  /** γ */
  readonly scale: number;
  /** Factor of the loss in the objective, for the gradient. */
  readonly factor: number;
}

/**
 * Σ ln(1 + e^(γ(m⁺ − s⁺))) + ln(1 + e^(γ(m⁻ + s⁻))) over rows, where s⁻ is the best of the wrong
 * classes: dos Santos et al. 2015 as in Ye et al. 2019, eq. 5 to 7. A row of no class has the
 * second term alone. Adds its gradient to the scores at once.
 *
 * @throws {ShapeError} unless there is one gold class for each row, and a column for each class
 */
export const rankingLoss: Operation<RankingLossInput, number, undefined> = {
  forward(tape, { scores, gold, positiveMargin, negativeMargin, scale, factor, classes = scores.columns }) {
    if (gold.length !== scores.rows || classes > scores.columns) {
      throw new ShapeError(
        `${gold.length} gold labels of ${classes} classes do not fit scores [${scores.rows}, ${scores.columns}]`,
      );
    }
    const { rows, stride, at, grad } = scores;
    const margins = { positiveMargin, negativeMargin, scale };
    const right = tape.integers(gold);
    const total = tape.kernels.rankingLoss({ m: rows, classes, stride, x: at, gold: right, ...margins, factor, dx: grad });
    return { output: total, saved: undefined };
  },

  backward() {
    // A loss ends the chain: its gradient was added where it was computed.
  },
};
