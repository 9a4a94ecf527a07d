import { type ChosenWords, type Matrix, normal, operations, type PairScorer, pickRows, type Tape } from "@weft-nlp/tensor";
import { type PackedSentences, SentenceEncoder } from "../../encoders/index.ts";
import { TagsHead } from "../../heads/tags/tags-head.ts";
import { WordPairsHead } from "../../heads/word-pairs/word-pairs-head.ts";
import { type InteractionCell, interact, interactionCell, type Scope } from "../../nn/index.ts";
import type { Lexicon } from "../../vocabulary/index.ts";
import { WordContext } from "../word-context.ts";
import type { RinSettings } from "./rin-settings.ts";

/** The output of the last round: tag scores, [ΣN, T], and the scorer of word pairs. */
export interface RinOutput {
  readonly tagScores: Matrix;
  readonly pairs: PairScorer;
}

/** The tag scores of the last round, before any relation of that round. */
export interface RinTagsFirst {
  readonly tagScores: Matrix;
  /** The scorer of the pairs among some words, which are its sentences. */
  readonly pairsAmong: (words: ChosenWords) => PairScorer;
}

/** What the rounds so far have made of the words, each [ΣN, D]. */
interface Features {
  /** H */
  readonly shared: Matrix;
  /** H_e */
  readonly entity: Matrix;
  /** H_r */
  readonly relation: Matrix;
}

/** C_e and C_r: the two classifiers. */
interface Classifiers {
  readonly tags: TagsHead;
  readonly pairs: WordPairsHead;
}

interface Round {
  readonly entity: InteractionCell;
  readonly relation: InteractionCell;
}

/**
 * The recurrent interaction network, Sun et al. 2020, §4: an encoder, a BiLSTM, and K rounds in
 * which the two tasks read each other's predictions. D features (2·hiddenSize, or those of the
 * inputs without a BiLSTM), T tags, R relation types.
 */
export class RinNetwork {
  readonly encoder: SentenceEncoder;
  readonly #settings: RinSettings;
  readonly #context: WordContext;
  /** One per round, or one for all. */
  readonly #rounds: readonly Round[];
  /** One per round and one before the first, or one for all. */
  readonly #classifiers: readonly Classifiers[];

  constructor(settings: RinSettings, lexicon: Lexicon, scope: Scope) {
    this.#settings = settings;
    const tags = lexicon.tags.size;
    const relations = lexicon.relations.size;
    const { decoding } = settings;
    this.encoder = new SentenceEncoder({ ...settings, initial: normal(1) }, lexicon, scope);
    this.#context = new WordContext(settings.context, this.encoder, settings.hiddenSize, scope);
    const { width } = this.#context;
    const shared = settings.untied ? undefined : scope;
    const roundScope = (k: number): Scope => shared ?? scope.child(`round-${k}`);
    this.#rounds = Array.from({ length: rounds(settings, settings.rounds) }, (_, k) => ({
      entity: interactionCell(roundScope(k + 1).child("entity-cell"), settings.cell, tags, width),
      relation: interactionCell(roundScope(k + 1).child("relation-cell"), settings.cell, relations, width),
    }));
    this.#classifiers = Array.from({ length: rounds(settings, settings.rounds + 1) }, (_, k) => ({
      tags: new TagsHead({ tagger: "softmax", decoding }, lexicon, width, roundScope(k)),
      pairs: new WordPairsHead(settings, relations, width, roundScope(k)),
    }));
  }

  /** C_e of the last round, which decides the tags. */
  get tags(): TagsHead {
    return this.#classifier(this.#settings.rounds).tags;
  }

  forward(tape: Tape, batch: PackedSentences): RinOutput {
    const { rounds: K } = this.#settings;
    const { entity, relation } = this.#interacted(tape, batch, K);
    return {
      tagScores: this.tags.scores(tape, entity),
      pairs: this.#classifier(K).pairs.scorer(tape, relation, batch.offsets),
    };
  }

  /**
   * The same without a gradient, for pairs among some words that the tags decide. The tags of the
   * last round need no relation of that round, so its relation features are computed for those
   * words only. They have the same bits as in `forward`.
   */
  tagsFirst(tape: Tape, batch: PackedSentences): RinTagsFirst {
    const { rounds: K } = this.#settings;
    const { pairs } = this.#classifier(K);
    const { shared, entity, relation } = this.#interacted(tape, batch, Math.max(0, K - 1));
    if (K === 0) {
      return {
        tagScores: this.tags.scores(tape, entity),
        pairsAmong: (words) => pairs.scorer(tape, pickRows(tape, relation, words.rows), words.offsets),
      };
    }
    const heads = this.#classifier(K - 1);
    const round = this.#round(K - 1);
    const last = interact(tape, round.entity, heads.tags.probabilities(tape, entity), shared); // H_e^K, [ΣN, D]
    return {
      tagScores: this.tags.scores(tape, last),
      pairsAmong: (words) => {
        const relations = heads.pairs.pooledOf(tape, relation, batch.offsets, words); // y_r, [M, R]
        const chosen = interact(tape, round.relation, relations, pickRows(tape, shared, words.rows)); // H_r^K, [M, D]
        return pairs.scorer(tape, chosen, words.offsets);
      },
    };
  }

  /**
   * The features after the first `count` rounds; after the last round of all, H is not computed.
   */
  #interacted(tape: Tape, batch: PackedSentences, count: number): Features {
    const { rounds: K, ablation } = this.#settings;
    const { offsets } = batch;
    let shared = this.#context.forward(tape, batch); // H⁰, [ΣN, D]
    let entity = shared; // H_e
    let relation = shared; // H_r
    for (let k = 0; k < count; k++) {
      const heads = this.#classifier(k);
      const round = this.#round(k);
      const tags = heads.tags.probabilities(tape, entity); // Y_e, [ΣN, T]
      const relations = heads.pairs.pooled(tape, heads.pairs.scorer(tape, relation, offsets)); // y_r, [ΣN, R]
      entity = interact(tape, round.entity, tags, shared); // eq. 2 and 4
      relation = interact(tape, round.relation, relations, shared);
      const terms = [shared];
      if (ablation !== "no-er") terms.push(entity);
      if (ablation !== "no-rc") terms.push(relation);
      if (k + 1 < K) shared = tape.apply(operations.sum, terms); // Hᵏ; no one reads the last one
    }
    return { shared, entity, relation };
  }

  #classifier(k: number): Classifiers {
    return this.#classifiers[this.#settings.untied ? k : 0] as Classifiers;
  }

  #round(k: number): Round {
    return this.#rounds[this.#settings.untied ? k : 0] as Round;
  }
}

/** The number of weight sets for `wanted` uses: one each if untied, else one for all. */
function rounds(settings: RinSettings, wanted: number): number {
  return settings.untied ? wanted : Math.min(1, wanted);
}
