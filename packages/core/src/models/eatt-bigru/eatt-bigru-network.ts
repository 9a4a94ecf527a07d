import { type Matrix, operations, type Parameter, type PlacedRows, parameterMatrix, type Tape } from "@weft-nlp/tensor";
import { SentenceEncoder } from "../../encoders/index.ts";
import type { PairBatch } from "../../heads/given-pairs/pair-batch.ts";
import { classColumns, type PairScores } from "../../heads/given-pairs/pair-head.ts";
import { offsetTable, pairInitial } from "../../heads/given-pairs/pair-offsets.ts";
import {
  applyBigru,
  applyLinear,
  type BigruLayer,
  bigruLayer,
  type LinearLayer,
  linearLayer,
  type Scope,
} from "../../nn/index.ts";
import type { Lexicon } from "../../vocabulary/lexicon.ts";
import type { PairNetwork } from "../pairs/pair-model.ts";
import type { EattBigruSettings } from "./eatt-bigru-settings.ts";

/**
 * A bidirectional GRU over words and offsets, with attention that compares each state with the two
 * entities (Qin et al. 2017). A state h scores v · tanh(W_h h + W_e (e1 ⊕ e2) + b), where e1 and e2
 * are the word embeddings of the entities' anchors, or their first input part if words are off.
 */
export class EattBigruNetwork implements PairNetwork {
  readonly encoder: SentenceEncoder;
  readonly #settings: EattBigruSettings;
  readonly #positions: Parameter;
  /** Dw */
  readonly #argumentSize: number;
  readonly #context: BigruLayer;
  readonly #state: LinearLayer;
  readonly #entities: LinearLayer;
  readonly #score: LinearLayer;
  readonly #classes: LinearLayer;

  constructor(settings: EattBigruSettings, lexicon: Lexicon, scope: Scope) {
    this.#settings = settings;
    this.encoder = new SentenceEncoder({ ...settings, initial: pairInitial }, lexicon, scope);
    this.#positions = offsetTable(settings, scope);
    const { positionSize, hiddenSize, attentionSize } = settings;
    this.#argumentSize = this.encoder.shares[0]?.width ?? 0;
    this.#context = bigruLayer(scope.child("encoder"), { words: this.encoder.width, positions: positionSize }, hiddenSize);
    const attention = scope.child("attention");
    this.#state = linearLayer(attention.child("state"), 2 * hiddenSize, attentionSize, { bias: false });
    this.#entities = linearLayer(attention.child("entities"), 2 * this.#argumentSize, attentionSize);
    // A bias would shift the scores of all words equally, which a softmax ignores.
    this.#score = linearLayer(attention.child("score"), attentionSize, 1, { bias: false });
    this.#classes = linearLayer(scope.child("class"), 2 * hiddenSize, classColumns(lexicon, { loss: "cross-entropy" }));
  }

  forward(tape: Tape, batch: PairBatch): PairScores {
    const words = this.encoder.everyWord(tape, batch); // [ΣN, D]
    const { parts, offsets, pairOfRow } = this.#sequences(tape, batch, words);
    const states = applyBigru(tape, this.#context, parts, offsets); // H, [ΣL, 2H]
    const entities = applyLinear(tape, this.#entities, this.#arguments(tape, batch, words)); // [pairs, A]
    const compared = tape.apply(operations.compose, {
      rows: states.rows,
      columns: entities.columns,
      terms: [{ input: applyLinear(tape, this.#state, states) }, { input: entities, rows: pairOfRow }],
    }); // [ΣL, A]
    const scores = applyLinear(tape, this.#score, tape.apply(operations.tanh, compared)); // [ΣL, 1]
    const features = tape.apply(operations.attention, { scores, values: states, offsets }); // [pairs, 2H]
    const kept = tape.apply(operations.dropout, { input: features, rate: this.#settings.dropout });
    return { classes: applyLinear(tape, this.#classes, kept), identity: undefined };
  }

  /**
   * Repeats the sentence for every pair, with the offsets from the pair's entities. The recurrent
   * states differ between pairs; the contribution of the words does not.
   */
  #sequences(tape: Tape, { pairs }: PairBatch, words: Matrix): Sequences {
    const { positions } = this.#settings;
    const offsets = new Int32Array(pairs.length + 1);
    for (const [k, { sentence }] of pairs.entries()) offsets[k + 1] = (offsets[k] as number) + sentence.end - sentence.start;
    const rows = offsets[pairs.length] as number;
    const [pairOfRow, wordOfRow] = [new Int32Array(rows), new Int32Array(rows)];
    const relative = [new Int32Array(rows), new Int32Array(rows)] as const;
    for (const [k, { sentence, anchors }] of pairs.entries()) {
      for (let i = sentence.start; i < sentence.end; i++) {
        const row = (offsets[k] as number) + i - sentence.start;
        pairOfRow[row] = k;
        wordOfRow[row] = i;
        for (const side of [0, 1] as const) {
          relative[side][row] = Math.min(Math.max(i - anchors[side], -positions), positions) + positions;
        }
      }
    }
    const table = parameterMatrix(tape, this.#positions);
    return {
      parts: [{ input: words, rows: wordOfRow }, ...relative.map((ids) => ({ input: table, rows: ids }))],
      offsets,
      pairOfRow,
    };
  }

  /** e1 ⊕ e2, [pairs, 2Dw]. */
  #arguments(tape: Tape, { pairs }: PairBatch, words: Matrix): Matrix {
    const columns = this.#argumentSize;
    const terms = ([0, 1] as const).map((side) => ({
      input: words,
      rows: Int32Array.from(pairs, ({ anchors }) => anchors[side]),
      columns,
      to: side * columns,
    }));
    return tape.apply(operations.compose, { rows: pairs.length, columns: 2 * columns, terms });
  }
}

/** ΣL places: one copy of the sentence for each pair. */
interface Sequences {
  readonly parts: readonly PlacedRows[];
  readonly offsets: Int32Array;
  readonly pairOfRow: Int32Array;
}
