import { type Matrix, operations, type Tape } from "@weft-nlp/tensor";
import type { Lexicon } from "../../vocabulary/lexicon.ts";
import type { ProbabilityTable } from "../probability-table.ts";
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

  /** Probabilities of a pair: one per type; after cross-entropy alone, one for no relation too. */
  get columns(): number {
    return this.#relations + (this.#objective.loss === "cross-entropy" ? 1 : 0);
  }

  /**
   * The probabilities of a pair's classes: the softmax, or σ(γ(s − θ)) of each type, by which the
   * types do not exclude each other.
   *
   * @param scores class scores of all pairs; those of this pair start at `at`
   */
  probabilities(scores: Float32Array, at: number): Float64Array {
    const { loss, scale, theta } = this.#objective;
    const own = Float64Array.from(scores.subarray(at, at + this.columns));
    if (loss !== "cross-entropy") return own.map((score) => 1 / (1 + Math.exp(-scale * (score - theta))));
    const top = own.reduce((max, score) => Math.max(max, score), -Infinity);
    const powers = own.map((score) => Math.exp(score - top));
    const total = powers.reduce((sum, power) => sum + power, 0);
    return powers.map((power) => power / total);
  }

  /**
   * The best type and its confidence. At the threshold 0.5 this is eq. 9: the type counts if its
   * score reaches θ. After training by cross-entropy alone, the confidence is that of the type
   * against no relation; 0.5 then chooses the most probable class.
   *
   * @param table `probabilities` of all pairs; those of this pair start at `at`
   */
  decide(table: ProbabilityTable, at: number): { label: number; confidence: number } {
    const label = bestIndex(table, at, this.#relations);
    const p = table[at + label] ?? 0;
    if (this.#objective.loss !== "cross-entropy") return { label, confidence: p };
    const none = table[at + this.#relations] ?? 0;
    return { label, confidence: p / (p + none) };
  }
}
