import { type Matrix, normal, operations, type PairScorer, type Parameter, type PlacedRows, type Tape } from "@weft-nlp/tensor";
import {
  applyBilstm,
  applyLinear,
  type BilstmLayer,
  bilstmLayer,
  distinct,
  type InteractionCell,
  interact,
  interactionCell,
  type LinearLayer,
  linearLayer,
  type PairLayer,
  pairLayer,
  type Scope,
} from "../../nn/index.ts";
import type { Lexicon } from "../../vocabulary/lexicon.ts";
import type { RinSettings } from "./settings.ts";

/** Sentences packed end to end. */
export interface RinBatch {
  readonly words: Int32Array;
  readonly pos: Int32Array | undefined;
  /** Where each sentence starts, and where the last one ends. */
  readonly offsets: Int32Array;
}

/** What the last round says: tag scores [ΣN, T], and the scorer of word pairs. */
export interface RinOutput {
  readonly tagScores: Matrix;
  readonly pairs: PairScorer;
}

/** C_e and C_r: the two classifiers. */
interface Classifiers {
  readonly tag: LinearLayer;
  readonly pairs: PairLayer;
}

interface Round {
  readonly entity: InteractionCell;
  readonly relation: InteractionCell;
}

/** The recurrent interaction network, Sun et al. 2020. D = 2·hiddenSize features, T tags, R relation types, K rounds. */
export class RinNetwork {
  /** Word embeddings, [V, Dw]. */
  readonly words: Parameter;
  readonly #settings: RinSettings;
  readonly #pos: Parameter | undefined;
  readonly #encoder: BilstmLayer;
  /** One a round, or one for all. */
  readonly #rounds: readonly Round[];
  /** One a round and one before the first, or one for all. */
  readonly #classifiers: readonly Classifiers[];

  constructor(settings: RinSettings, lexicon: Lexicon, scope: Scope) {
    this.#settings = settings;
    const width = 2 * settings.hiddenSize;
    const tags = lexicon.tags.size;
    const relations = lexicon.relations.size;
    this.words = scope.child("word").table("weight", lexicon.words.size, settings.wordSize, normal(1));
    const pos = lexicon.pos;
    this.#pos = pos === undefined ? undefined : scope.child("pos").table("weight", pos.size, settings.posSize, normal(1));
    this.#encoder = bilstmLayer(scope.child("encoder"), settings.wordSize + (this.#pos?.columns ?? 0), settings.hiddenSize);
    const shared = settings.untied ? undefined : scope;
    const roundScope = (k: number): Scope => shared ?? scope.child(`round-${k}`);
    this.#rounds = Array.from({ length: rounds(settings, settings.rounds) }, (_, k) => ({
      entity: interactionCell(roundScope(k + 1).child("entity-cell"), settings.cell, tags, width),
      relation: interactionCell(roundScope(k + 1).child("relation-cell"), settings.cell, relations, width),
    }));
    this.#classifiers = Array.from({ length: rounds(settings, settings.rounds + 1) }, (_, k) => ({
      tag: linearLayer(roundScope(k).child("tag"), width, tags),
      pairs: pairLayer(roundScope(k), width, relations, { bias: settings.pairBias }),
    }));
  }

  forward(tape: Tape, batch: RinBatch): RinOutput {
    const { rounds: K, ablation } = this.#settings;
    let shared = applyBilstm(tape, this.#encoder, this.#read(tape, batch), batch.offsets); // H⁰, [ΣN, D]
    let entity = shared; // H_e
    let relation = shared; // H_r
    for (let k = 0; k < K; k++) {
      const { tag } = this.#classifier(k);
      const round = this.#round(k);
      const tags = tape.apply(operations.softmax, applyLinear(tape, tag, entity)); // Y_e, [ΣN, T]
      const relations = this.#pooled(tape, this.#scorer(tape, k, relation, batch.offsets)); // y_r, [ΣN, R]
      entity = interact(tape, round.entity, tags, shared); // eq. 2 and 4
      relation = interact(tape, round.relation, relations, shared);
      const terms = [shared];
      if (ablation !== "no-er") terms.push(entity);
      if (ablation !== "no-rc") terms.push(relation);
      if (k + 1 < K) shared = tape.apply(operations.sum, terms); // Hᵏ; nobody reads the last one
    }
    return {
      tagScores: applyLinear(tape, this.#classifier(K).tag, entity), // [ΣN, T]
      pairs: this.#scorer(tape, K, relation, batch.offsets),
    };
  }

  /** Embeddings, [ΣN, Dw + Dp]; where no weight is learnt, each word with each of its parts of speech once. */
  #read(tape: Tape, { words, pos }: RinBatch): PlacedRows {
    const embed = (at: (ids: Int32Array) => Int32Array): Matrix => {
      const lookups = [{ table: this.words, ids: at(words) }];
      if (this.#pos !== undefined && pos !== undefined) lookups.push({ table: this.#pos, ids: at(pos) });
      return tape.apply(operations.embed, lookups);
    };
    const { inputDropout: rate } = this.#settings;
    if (tape.training) return { input: tape.apply(operations.dropout, { input: embed((ids) => ids), rate }) };
    const kinds = this.#pos?.rows ?? 1;
    const names = Array.from(words, (word, place) => word * kinds + (pos?.[place] ?? 0));
    const { firsts, rows } = distinct(names);
    const table = { name: `${this.words.name} and part of speech`, rows: this.words.rows * kinds };
    const source = { table, ids: Array.from(firsts, (place) => names[place] as number) };
    return { input: embed((ids) => firsts.map((place) => ids[place] as number)), rows, source };
  }

  /** Eq. 5. The pairs (·, i) of a word are the pairs (i, ·) with the two shares exchanged. */
  #pooled(tape: Tape, scorer: PairScorer): Matrix {
    const row = tape.apply(operations.pairMax, scorer);
    if (this.#settings.pool === "row") return row;
    const column = tape.apply(operations.pairMax, { ...scorer, a: scorer.b, b: scorer.a });
    return tape.apply(operations.maximum, [row, column]);
  }

  #scorer(tape: Tape, k: number, features: Matrix, offsets: Int32Array): PairScorer {
    const { pairs } = this.#classifier(k);
    return {
      a: applyLinear(tape, pairs.first, features),
      b: applyLinear(tape, pairs.second, features),
      weight: pairs.relation.weight,
      bias: pairs.relation.bias,
      offsets,
      diagonal: this.#settings.diagonal,
    };
  }

  #classifier(k: number): Classifiers {
    return this.#classifiers[this.#settings.untied ? k : 0] as Classifiers;
  }

  #round(k: number): Round {
    return this.#rounds[this.#settings.untied ? k : 0] as Round;
  }
}

/** How many sets of weights stand for `wanted` of them. */
function rounds(settings: RinSettings, wanted: number): number {
  return settings.untied ? wanted : Math.min(1, wanted);
}
