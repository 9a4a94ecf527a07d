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

/** The decisions about pairs, which are counted from 0. */
export interface PairDecisions {
  /** The best type of a pair; 0 if there are no types. */
  best(pair: number): number;
  /** The confidence that a pair has a type, 0 to 1. */
  confidence(pair: number, label: number): number;
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
   * Reads the decisions about pairs from their scores.
   *
   * At the threshold 0.5 this is eq. 9: a type counts if its score reaches θ. After training by
   * cross-entropy alone, a confidence is that of the type against no relation; 0.5 then chooses the
   * most probable class.
   *
   * @param scores class scores, [pairs, columns]
   * @param columns those of `PairScores.classes`
   */
  read(scores: Float32Array, columns: number): PairDecisions {
    const { loss, scale, theta } = this.#objective;
    const confidence = (pair: number, label: number): number => {
      const score = scores[pair * columns + label] ?? 0;
      const none = scores[pair * columns + this.#relations] ?? 0;
      const above = loss === "cross-entropy" ? score - none : scale * (score - theta);
      return 1 / (1 + Math.exp(-above));
    };
    return { best: (pair) => bestIndex(scores, pair * columns, this.#relations), confidence };
  }

  /**
   * The probabilities of pairs' classes: the softmax, or σ(γ(s − θ)) of each type, by which the
   * types do not exclude each other.
   *
   * @param scores class scores, [pairs, columns]
   * @param columns those of `PairScores.classes`
   * @returns one row per pair, with a column per type; after cross-entropy alone, one more for no
   *   relation
   */
  probabilities(scores: Float32Array, columns: number): Float64Array {
    const { loss, scale, theta } = this.#objective;
    const width = this.#tableColumns;
    const pairs = columns === 0 ? 0 : scores.length / columns;
    const table = new Float64Array(pairs * width);
    for (let pair = 0; pair < pairs; pair++) {
      const own = Float64Array.from(scores.subarray(pair * columns, pair * columns + width));
      if (loss !== "cross-entropy") {
        const likely = own.map((score) => 1 / (1 + Math.exp(-scale * (score - theta))));
        table.set(likely, pair * width);
        continue;
      }
      const top = own.reduce((max, score) => Math.max(max, score), -Infinity);
      const powers = own.map((score) => Math.exp(score - top));
      const total = powers.reduce((sum, power) => sum + power, 0);
      const shares = powers.map((power) => power / total);
      table.set(shares, pair * width);
    }
    return table;
  }

  /** Reads the decisions from probabilities in the form of `probabilities`, by the same rule. */
  readProbabilities(table: ProbabilityTable): PairDecisions {
    const { loss } = this.#objective;
    const width = this.#tableColumns;
    const confidence = (pair: number, label: number): number => {
      const p = table[pair * width + label] ?? 0;
      if (loss !== "cross-entropy") return p;
      const none = table[pair * width + this.#relations] ?? 0;
      return p / (p + none);
    };
    return { best: (pair) => bestIndex(table, pair * width, this.#relations), confidence };
  }

  get #tableColumns(): number {
    return this.#relations + (this.#objective.loss === "cross-entropy" ? 1 : 0);
  }
}
