import { type Matrix, operations, type Parameter, type PlacedRows, parameterMatrix, type Tape } from "@weft-nlp/tensor";
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
import type { PairBatch } from "../pairs/batch.ts";
import { InputLayer } from "../pairs/input-layer.ts";
import { classColumns, type PairNetwork, type PairScores } from "../pairs/pair-model.ts";
import type { EattBigruSettings } from "./settings.ts";

/**
 * A bidirectional GRU over words and offsets, whose states are weighted by how they compare with the two entities: Qin et al. 2017. A state h
 * scores v · tanh(W_h h + W_e (e1 ⊕ e2) + b), where e1 and e2 are the word embeddings of the entities' anchors.
 */
export class EattBigruNetwork implements PairNetwork {
  readonly words: Parameter;
  readonly #settings: EattBigruSettings;
  readonly #input: InputLayer;
  readonly #encoder: BigruLayer;
  readonly #state: LinearLayer;
  readonly #entities: LinearLayer;
  readonly #score: LinearLayer;
  readonly #classes: LinearLayer;

  constructor(settings: EattBigruSettings, lexicon: Lexicon, scope: Scope) {
    this.#settings = settings;
    this.#input = new InputLayer(settings, lexicon, scope);
    this.words = this.#input.words;
    const { positionSize, hiddenSize, attentionSize, wordSize } = settings;
    const { words, tags } = this.#input.columns;
    this.#encoder = bigruLayer(scope.child("encoder"), { words: words + tags, positions: positionSize }, hiddenSize);
    const attention = scope.child("attention");
    this.#state = linearLayer(attention.child("state"), 2 * hiddenSize, attentionSize, { bias: false });
    this.#entities = linearLayer(attention.child("entities"), 2 * wordSize, attentionSize);
    // A bias would be the same for all words, which a softmax does not see.
    this.#score = linearLayer(attention.child("score"), attentionSize, 1, { bias: false });
    this.#classes = linearLayer(scope.child("class"), 2 * hiddenSize, classColumns(lexicon, { loss: "cross-entropy" }));
  }

  forward(tape: Tape, batch: PairBatch): PairScores {
    const words = this.#input.apply(tape, batch); // [ΣN, Dw + Dt]
    const { parts, offsets, pairOfRow } = this.#sequences(tape, batch, words);
    const states = applyBigru(tape, this.#encoder, parts, offsets); // H, [ΣL, 2H]
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

  /** The sentence of every pair with the offsets from its own entities: recurrent states differ from pair to pair, what words give does not. */
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
    const table = parameterMatrix(tape, this.#input.positions);
    return {
      parts: [{ input: words, rows: wordOfRow }, ...relative.map((ids) => ({ input: table, rows: ids }))],
      offsets,
      pairOfRow,
    };
  }

  /** e1 ⊕ e2, [pairs, 2Dw]. */
  #arguments(tape: Tape, { pairs }: PairBatch, words: Matrix): Matrix {
    const { wordSize } = this.#settings;
    const terms = ([0, 1] as const).map((side) => ({
      input: words,
      rows: Int32Array.from(pairs, ({ anchors }) => anchors[side]),
      columns: wordSize,
      to: side * wordSize,
    }));
    return tape.apply(operations.compose, { rows: pairs.length, columns: 2 * wordSize, terms });
  }
}

/** ΣL places: each pair has its sentence to itself. */
interface Sequences {
  readonly parts: readonly PlacedRows[];
  readonly offsets: Int32Array;
  readonly pairOfRow: Int32Array;
}
