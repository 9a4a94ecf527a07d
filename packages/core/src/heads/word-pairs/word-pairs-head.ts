import { type Matrix, operations, type PairScorer, type Tape } from "@weft-nlp/tensor";
import { applyLinear, type PairLayer, pairLayer, type Scope } from "../../nn/index.ts";

/** How word pairs are scored: Sun et al. 2020, eq. 5 to 7, and the choices they leave open. */
export interface WordPairsSettings {
  /**
   * The pairs that a word's relation features are pooled over: its row (eq. 5), or row and column.
   */
  readonly pool: "row" | "both";
  /** W_m of eq. 7. */
  readonly pairBias: boolean;
  /** Whether a word pairs with itself. */
  readonly diagonal: boolean;
}

/**
 * Scores every ordered pair of words of a sentence for every relation (Sun et al. 2020, §4.3). The
 * N² cells are never stored.
 */
export class WordPairsHead {
  readonly #settings: WordPairsSettings;
  readonly #layer: PairLayer;

  /**
   * @param relations relation types, R
   * @param width columns of the features it reads, D
   */
  constructor(settings: WordPairsSettings, relations: number, width: number, scope: Scope) {
    this.#settings = settings;
    this.#layer = pairLayer(scope, width, relations, { bias: settings.pairBias });
  }

  /**
   * The scorer of eq. 7, from which the cells of all sentences are computed.
   *
   * @param features H_r, [ΣN, D]
   * @param offsets the start of each sentence, then the end of the last
   */
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
   * The max-pooled relation predictions of each word (eq. 5), [ΣN, R]. For the pairs (·, i), the
   * first and second word's terms swap places.
   */
  pooled(tape: Tape, scorer: PairScorer): Matrix {
    const row = tape.apply(operations.pairMax, scorer);
    if (this.#settings.pool === "row") return row;
    const column = tape.apply(operations.pairMax, { ...scorer, a: scorer.b, b: scorer.a });
    return tape.apply(operations.maximum, [row, column]);
  }
}
