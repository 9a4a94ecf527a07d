import { type Matrix, operations, type PairScorer, type Tape } from "@weft-nlp/tensor";
import { applyLinear, type PairLayer, pairLayer, type Scope } from "../../nn/index.ts";

export interface WordPairsSettings {
  /**
   * Which pairs of a word its relation features are pooled over: eq. 5, or with the column (·, i)
   * as well.
   */
  readonly pool: "row" | "both";
  /** W_m of eq. 7. */
  readonly pairBias: boolean;
  /** Whether a word pairs with itself. */
  readonly diagonal: boolean;
}

/**
 * Every ordered pair of words of a sentence, scored for every relation: Sun et al. 2020, §4.3. The
 * N² cells are never written down.
 */
export class WordPairsHead {
  readonly #settings: WordPairsSettings;
  readonly #layer: PairLayer;

  /** @param width of the features it reads, D */
  constructor(settings: WordPairsSettings, relations: number, width: number, scope: Scope) {
    this.#settings = settings;
    this.#layer = pairLayer(scope, width, relations, { bias: settings.pairBias });
  }

  /** Eq. 7: what the cells of all sentences follow from. @param features H_r, [ΣN, D] */
  scorer(tape: Tape, features: Matrix, offsets: Int32Array): PairScorer {
    const { first, second, relation } = this.#layer;
    return {
      a: applyLinear(tape, first, features),
      b: applyLinear(tape, second, features),
      weight: relation.weight,
      bias: relation.bias,
      offsets,
      diagonal: this.#settings.diagonal,
    };
  }

  /**
   * Eq. 5, [ΣN, R]. The pairs (·, i) of a word are the pairs (i, ·) with the two shares exchanged.
   */
  pooled(tape: Tape, scorer: PairScorer): Matrix {
    const row = tape.apply(operations.pairMax, scorer);
    if (this.#settings.pool === "row") return row;
    const column = tape.apply(operations.pairMax, { ...scorer, a: scorer.b, b: scorer.a });
    return tape.apply(operations.maximum, [row, column]);
  }
}
