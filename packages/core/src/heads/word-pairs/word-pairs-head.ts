import { type ChosenWords, type Matrix, operations, type PairScorer, pairMaxOf, pickRows, type Tape } from "@weft-nlp/tensor";
import { applyLinear, type LinearLayer, type PairLayer, pairLayer, type Scope } from "../../nn/index.ts";

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
    const { first, second } = this.#layer;
    return this.#scorerOf(applyLinear(tape, first, features), applyLinear(tape, second, features), offsets);
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

  /**
   * The rows of `pooled` for some words, [M, R], without a gradient. Each word still meets all the
   * words of its sentence; sentences without chosen words cost nothing.
   *
   * @param features H_r of all words, [ΣN, D]
   */
  pooledOf(tape: Tape, features: Matrix, offsets: Int32Array, words: ChosenWords): Matrix {
    const { first, second } = this.#layer;
    const chosen = pickRows(tape, features, words.rows); // [M, D]
    const partners = partnersOf(offsets, words);
    const others = partners.rows.length === features.rows ? features : pickRows(tape, features, partners.rows);
    const highest = (own: LinearLayer, other: LinearLayer): Matrix => {
      const [a, b] = [applyLinear(tape, own, chosen), applyLinear(tape, other, others)];
      return pairMaxOf(tape, this.#scorerOf(a, b, partners.offsets), words);
    };
    const row = highest(first, second);
    if (this.#settings.pool === "row") return row;
    return tape.apply(operations.maximum, [row, highest(second, first)]);
  }

  #scorerOf(a: Matrix, b: Matrix, offsets: Int32Array): PairScorer {
    const { weight, bias } = this.#layer.relation;
    return { a, b, weight, bias, offsets, diagonal: this.#settings.diagonal };
  }
}

/** All words of the sentences that have a chosen word; the other sentences become empty. */
function partnersOf(offsets: Int32Array, words: ChosenWords): Pick<ChosenWords, "rows" | "offsets"> {
  const rows: number[] = [];
  const starts = Int32Array.from(offsets, (_, s) => {
    if (s > 0 && words.offsets[s] !== words.offsets[s - 1]) {
      for (let row = offsets[s - 1] ?? 0; row < (offsets[s] ?? 0); row++) rows.push(row);
    }
    return rows.length;
  });
  return { rows: Int32Array.from(rows), offsets: starts };
}
