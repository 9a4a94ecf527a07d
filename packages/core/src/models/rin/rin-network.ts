import { type Matrix, normal, operations, type PairScorer, type Tape } from "@weft-nlp/tensor";
import { type PackedSentences, SentenceEncoder } from "../../encoders/index.ts";
import { TagsHead } from "../../heads/tags/tags-head.ts";
import { WordPairsHead } from "../../heads/word-pairs/word-pairs-head.ts";
import {
  applyBilstm,
  type BilstmLayer,
  bilstmLayer,
  type InteractionCell,
  interact,
  interactionCell,
  type Scope,
} from "../../nn/index.ts";
import type { Lexicon } from "../../vocabulary/index.ts";
import type { RinSettings } from "./rin-settings.ts";

/** The output of the last round: tag scores, [ΣN, T], and the scorer of word pairs. */
export interface RinOutput {
  readonly tagScores: Matrix;
  readonly pairs: PairScorer;
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
 * which the two tasks read each other's predictions. D = 2·hiddenSize features, T tags, R relation
 * types.
 */
export class RinNetwork {
  readonly encoder: SentenceEncoder;
  readonly #settings: RinSettings;
  readonly #context: BilstmLayer;
  /** One per round, or one for all. */
  readonly #rounds: readonly Round[];
  /** One per round and one before the first, or one for all. */
  readonly #classifiers: readonly Classifiers[];

  constructor(settings: RinSettings, lexicon: Lexicon, scope: Scope) {
    this.#settings = settings;
    const width = 2 * settings.hiddenSize;
    const tags = lexicon.tags.size;
    const relations = lexicon.relations.size;
    const { decoding } = settings;
    this.encoder = new SentenceEncoder({ ...settings, initial: normal(1) }, lexicon, scope);
    this.#context = bilstmLayer(scope.child("encoder"), this.encoder.width, settings.hiddenSize);
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
    const { rounds: K, ablation } = this.#settings;
    const { offsets } = batch;
    let shared = applyBilstm(tape, this.#context, this.encoder.forward(tape, batch), offsets); // H⁰, [ΣN, D]
    let entity = shared; // H_e
    let relation = shared; // H_r
    for (let k = 0; k < K; k++) {
      const { tags: entityHead, pairs } = this.#classifier(k);
      const round = this.#round(k);
      const tags = tape.apply(operations.softmax, entityHead.scores(tape, entity)); // Y_e, [ΣN, T]
      const relations = pairs.pooled(tape, pairs.scorer(tape, relation, offsets)); // y_r, [ΣN, R]
      entity = interact(tape, round.entity, tags, shared); // eq. 2 and 4
      relation = interact(tape, round.relation, relations, shared);
      const terms = [shared];
      if (ablation !== "no-er") terms.push(entity);
      if (ablation !== "no-rc") terms.push(relation);
      if (k + 1 < K) shared = tape.apply(operations.sum, terms); // Hᵏ; no one reads the last one
    }
    return { tagScores: this.tags.scores(tape, entity), pairs: this.#classifier(K).pairs.scorer(tape, relation, offsets) };
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
