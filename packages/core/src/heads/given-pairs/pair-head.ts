import { type Matrix, operations, type Tape } from "@weft-nlp/tensor";
import type { Lexicon } from "../../vocabulary/lexicon.ts";
import { bestIndex } from "../sampling.ts";

/** How classes are learnt and decided. */
export interface PairObjective {
  readonly loss: "ranking" | "cross-entropy" | "both";
  /** α, of relation identification; not read where the network does not identify. */
  readonly identificationWeight: number;
  /** β, of relation classification. */
  readonly classificationWeight: number;
  readonly positiveMargin: number;
  readonly negativeMargin: number;
  readonly scale: number;
  /** θ */
  readonly theta: number;
}

/** What a network says about pairs. */
export interface PairScores {
  /**
   * [pairs, R], or [pairs, R + 1] with the score of no relation last, where cross-entropy needs it.
   */
  readonly classes: Matrix;
  /** [pairs, 2]: no relation, some relation. */
  readonly identity: Matrix | undefined;
}

/** Columns of `PairScores.classes`. */
export function classColumns({ relations }: Pick<Lexicon, "relations">, { loss }: Pick<PairObjective, "loss">): number {
  return relations.size + (loss === "ranking" ? 0 : 1);
}

/** The classes of given pairs: losses and decisions of Ye et al. 2019, eq. 3 and 5 to 9. */
export class PairHead {
  readonly #relations: number;
  readonly #objective: PairObjective;

  constructor(objective: PairObjective, { relations }: Pick<Lexicon, "relations">) {
    this.#objective = objective;
    this.#relations = relations.size;
  }

  /** @param labels the class of each pair, −1 for no relation */
  loss(tape: Tape, { classes, identity }: PairScores, labels: Int32Array, factor: number): Record<string, number> {
    const { loss, identificationWeight, classificationWeight, positiveMargin, negativeMargin, scale } = this.#objective;
    const relations = this.#relations;
    const losses: Record<string, number> = {};
    if (identity !== undefined) {
      const gold = labels.map((label) => (label < 0 ? 0 : 1));
      const weight = identificationWeight; // α
      const found = tape.apply(operations.softmaxLoss, { scores: identity, gold, factor: factor * weight }); // eq. 3
      losses["identification"] = weight * found;
    }
    const weight = classificationWeight; // β
    if (loss !== "cross-entropy") {
      const margins = { positiveMargin, negativeMargin, scale };
      const ranked = { scores: classes, classes: relations, gold: labels, ...margins, factor: factor * weight };
      losses["ranking"] = weight * tape.apply(operations.rankingLoss, ranked); // eq. 5 to 7
    }
    if (loss !== "ranking") {
      const gold = labels.map((label) => (label < 0 ? relations : label));
      const found = tape.apply(operations.softmaxLoss, { scores: classes, gold, factor: factor * weight });
      losses["classification"] = weight * found;
    }
    return losses;
  }

  /**
   * Eq. 9: the best class where its score reaches θ. A score becomes a confidence σ(γ(s − θ)), so
   * that eq. 9 is the threshold 0.5; where only cross-entropy was learnt, θ is the score of no
   * relation and γ is 1, and 0.5 is the choice of the most probable class.
   *
   * @param scores of classes, the pair's own from `at` on
   */
  decide(scores: Float32Array, at: number): { label: number; confidence: number } {
    const label = bestIndex(scores, at, this.#relations);
    const score = scores[at + label] ?? 0;
    const { loss, scale, theta } = this.#objective;
    const above = loss === "cross-entropy" ? score - (scores[at + this.#relations] ?? 0) : scale * (score - theta);
    return { label, confidence: 1 / (1 + Math.exp(-above)) };
  }
}
