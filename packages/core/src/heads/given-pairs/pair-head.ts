import { type Matrix, operations, type Tape } from "@weft-nlp/tensor";
import type { Lexicon } from "../../vocabulary/lexicon.ts";
import { bestIndex } from "../sampling.ts";

/** The loss and the decision rule for relation classes (Ye et al. 2019, eq. 3 and 5 to 9). */
export interface PairObjective {
  readonly loss: "ranking" | "cross-entropy" | "both";
  /** α, of relation identification; unused if the network has no such task. */
  readonly identificationWeight: number;
  /** β, of relation classification. */
  readonly classificationWeight: number;
  /** m⁺ */
  readonly positiveMargin: number;
  /** m⁻ */
  readonly negativeMargin: number;
  /** γ */
  readonly scale: number;
  /** θ, the score from which a relation counts at threshold 0.5. */
  readonly theta: number;
}

/** A network's scores for a batch of pairs. */
export interface PairScores {
  /** [pairs, R], or for cross-entropy [pairs, R + 1] with the score of "no relation" last. */
  readonly classes: Matrix;
  /** [pairs, 2]: scores of no relation and of any relation. */
  readonly identity: Matrix | undefined;
}

/** The number of columns of `PairScores.classes`. */
export function classColumns({ relations }: Pick<Lexicon, "relations">, { loss }: Pick<PairObjective, "loss">): number {
  return relations.size + (loss === "ranking" ? 0 : 1);
}

/** Classifies given pairs: the losses and decisions of Ye et al. 2019, eq. 3 and 5 to 9. */
export class PairHead {
  readonly #relations: number;
  readonly #objective: PairObjective;

  constructor(objective: PairObjective, { relations }: Pick<Lexicon, "relations">) {
    this.#objective = objective;
    this.#relations = relations.size;
  }

  /**
   * Adds the gradient of factor · Σ loss and returns the losses by name, summed over the pairs.
   *
   * @param labels the class of each pair, −1 for no relation
   */
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
   * The best class and its confidence σ(γ(s − θ)). At the threshold 0.5 this is eq. 9: the class
   * counts if its score reaches θ. After training by cross-entropy alone, θ is the score of no
   * relation and γ is 1; 0.5 then chooses the most probable class.
   *
   * @param scores class scores of all pairs; those of this pair start at `at`
   */
  decide(scores: Float32Array, at: number): { label: number; confidence: number } {
    const label = bestIndex(scores, at, this.#relations);
    return { label, confidence: this.confidenceOf(scores, at, label) };
  }

  /** The confidence of any class, measured in the same way. */
  confidenceOf(scores: Float32Array, at: number, label: number): number {
    const score = scores[at + label] ?? 0;
    const { loss, scale, theta } = this.#objective;
    const above = loss === "cross-entropy" ? score - (scores[at + this.#relations] ?? 0) : scale * (score - theta);
    return 1 / (1 + Math.exp(-above));
  }
}
