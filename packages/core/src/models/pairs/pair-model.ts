import type { Random, Tape } from "@weft-nlp/tensor";
import type { SentenceEncoder } from "../../encoders/index.ts";
import { type PairBatch, packPairs } from "../../heads/given-pairs/pair-batch.ts";
import { type PairExample, pairFields } from "../../heads/given-pairs/pair-example.ts";
import { PairHead, type PairObjective, type PairScores } from "../../heads/given-pairs/pair-head.ts";
import { groupsOf } from "../../heads/given-pairs/pair-parts.ts";
import type { PairSettings } from "../../heads/given-pairs/pair-settings.ts";
import { type Prediction, thresholdOf } from "../../metrics/index.ts";
import type { Relation } from "../../schema/index.ts";
import type { Lexicon } from "../../vocabulary/lexicon.ts";
import type { Losses, LossOptions, Model, PredictOptions } from "../model.ts";

/** Maximum word rows predicted together, counting a sentence once per pair: bounds the memory. */
const maxRowsTogether = 32_768;

/** A network that scores pairs, built on an encoder. */
export interface PairNetwork {
  readonly encoder: SentenceEncoder;
  forward(tape: Tape, batch: PairBatch): PairScores;
}

/** A classifier of given pairs: any network that scores pairs, with the shared head. */
export class PairModel implements Model<PairExample> {
  readonly #settings: PairSettings;
  readonly #lexicon: Lexicon;
  readonly #network: PairNetwork;
  readonly #head: PairHead;

  constructor(settings: PairSettings, lexicon: Lexicon, objective: PairObjective, network: PairNetwork) {
    this.#settings = settings;
    this.#lexicon = lexicon;
    this.#network = network;
    this.#head = new PairHead(objective, lexicon);
  }

  get wordVectors() {
    return this.#network.encoder.wordVectors;
  }

  loss(tape: Tape, examples: readonly PairExample[], { factor, random }: LossOptions): Losses {
    const batch = this.pack(examples, tape.training ? random : undefined);
    return this.#head.loss(tape, this.#network.forward(tape, batch), batch.labels, factor);
  }

  predict(tape: Tape, examples: readonly PairExample[], { threshold }: PredictOptions): Prediction[] {
    const relations = new Map(examples.map((example): [PairExample, Relation[]] => [example, []]));
    // Without relation types in training there is no best one to choose.
    const asked = this.#lexicon.relations.size === 0 ? [] : examples;
    for (const group of groupsOf(asked, maxRowsTogether)) {
      const before = tape.arena.mark();
      const parts = group.map(({ part }) => part);
      const { classes } = this.#network.forward(tape, this.pack(parts, undefined));
      const scores = tape.read(classes);
      let row = 0;
      for (const { whole, part } of group) {
        for (let k = 0; k < part.pairs.length; k += pairFields, row++) {
          const { label, confidence } = this.#head.decide(scores, row * classes.columns);
          const type = this.#lexicon.relations.nameOf(label);
          const min = thresholdOf(threshold, type);
          const [head, tail] = [part.pairs[k] as number, part.pairs[k + 1] as number];
          if (confidence >= min) relations.get(whole)?.push({ head, tail, type, confidence });
        }
      }
      tape.arena.release(before);
    }
    return examples.map((example) => ({ entities: example.entities, relations: relations.get(example) ?? [] }));
  }

  /** @param random draws the words that word dropout makes unknown; undefined outside training */
  pack(examples: readonly PairExample[], random: Random | undefined): PairBatch {
    return packPairs(examples, this.#settings, (held) => this.#network.encoder.pack(held, random));
  }
}
