import type { Matrix, Tape } from "@weft-nlp/tensor";
import type { Scope } from "../../nn/index.ts";
import type { Lexicon } from "../../vocabulary/index.ts";
import type { EntityDistribution, EntityHead, UnitScores } from "../entities/entity-head.ts";
import type { Steps } from "../probability-table.ts";
import { decodeEntities } from "./decode-entities.ts";
import { packTags } from "./read-tags.ts";
import { taggedMentions } from "./tagged-mentions.ts";
import { type TagDistribution, TagsHead, type TagsHeadSettings } from "./tags-head.ts";

/** Finds entities by a tag for each word. */
export class TagEntities implements EntityHead {
  readonly nested = false;
  readonly #lexicon: Lexicon;
  readonly #head: TagsHead;

  /** @param width columns of the states, D */
  constructor(settings: TagsHeadSettings, lexicon: Lexicon, width: number, scope: Scope) {
    this.#lexicon = lexicon;
    this.#head = new TagsHead(settings, lexicon, width, scope);
  }

  scores(tape: Tape, states: Matrix, offsets: Int32Array): UnitScores {
    return { scores: this.#head.scores(tape, states), units: offsets, offsets };
  }

  loss(tape: Tape, { scores, units }: UnitScores, labels: readonly Int32Array[], weights: Float32Array, factor: number): number {
    return this.#head.loss(tape, scores, units, packTags(labels), weights, factor);
  }

  read(tape: Tape, { scores, units }: UnitScores): EntityDistribution[] {
    return this.#head.read(tape, scores, units).map((tags) => this.#of(tags));
  }

  *readInSteps(tape: Tape, { scores, units }: UnitScores): Steps<EntityDistribution[]> {
    return (yield* this.#head.readInSteps(tape, scores, units)).map((tags) => this.#of(tags));
  }

  #of(distribution: TagDistribution): EntityDistribution {
    return {
      best: () => distribution.best(),
      draw: (epsilon, random) => distribution.draw(epsilon, random),
      logProb: (tags) => distribution.logProb(tags),
      entities: (tags) => decodeEntities(this.#lexicon, tags, distribution.probabilities),
      tags: (tags) => tags,
      found: () => taggedMentions(this.#lexicon, distribution),
    };
  }
}
