import type { Random, Tape } from "@weft-nlp/tensor";
import type { RelationCandidate } from "../../constraints/index.ts";
import type { SentenceEncoder } from "../../encoders/index.ts";
import { type PairBatch, packPairs } from "../../heads/given-pairs/pair-batch.ts";
import { type PairExample, pairFields } from "../../heads/given-pairs/pair-example.ts";
import { PairHead, type PairObjective, type PairScores } from "../../heads/given-pairs/pair-head.ts";
import { groupsOf } from "../../heads/given-pairs/pair-parts.ts";
import type { PairSettings } from "../../heads/given-pairs/pair-settings.ts";
import { type Prediction, thresholdOf } from "../../metrics/index.ts";
import type { Relation } from "../../schema/index.ts";
import type { Lexicon } from "../../vocabulary/lexicon.ts";
import type { Losses, LossOptions, Model, PredictOptions, Proposed, ProposeOptions } from "../model.ts";
import { floorOf } from "../propose.ts";

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
    this.#score(tape, examples, (example, head, tail, scores, at) => {
      const { label, confidence } = this.#head.decide(scores, at);
      const type = this.#lexicon.relations.nameOf(label);
      if (confidence >= thresholdOf(threshold, type)) relations.get(example)?.push({ head, tail, type, confidence });
    });
    return examples.map((example) => ({ entities: example.entities, relations: relations.get(example) ?? [] }));
  }

  /** The types of the entities are given. The classes of one pair exclude each other. */
  propose(tape: Tape, examples: readonly PairExample[], options: ProposeOptions): Proposed[] {
    const candidates = new Map(examples.map((example): [PairExample, RelationCandidate[]] => [example, []]));
    const types = this.#lexicon.relations.names.map((type) => ({
      ...{ type, limit: thresholdOf(options.threshold, type), floor: floorOf(options, type) },
    }));
    let group = 0;
    this.#score(tape, examples, (example, head, tail, scores, at) => {
      group++;
      const best = this.#head.decide(scores, at);
      // Without constraints only the best class may count, so a pair whose best one fails has none.
      const passes = best.confidence >= (types[best.label]?.limit ?? 1);
      for (const [label, { type, limit, floor }] of types.entries()) {
        const confidence = this.#head.confidenceOf(scores, at, label);
        const counts = passes && confidence >= limit;
        if (counts || confidence >= floor) candidates.get(example)?.push({ head, tail, type, confidence, counts, group });
      }
    });
    return examples.map((example) => ({
      mentions: example.entities.map(({ start, end, type }) => ({ start, end, options: [{ type, logRatio: 0 }] })),
      candidates: candidates.get(example) ?? [],
      oneDirection: this.#settings.pairs === "undirected",
      decide: ({ relations }) => ({ entities: example.entities, relations }),
    }));
  }

  /** Visits the scores of all pairs, in order; those of a pair start at `at`. */
  #score(
    tape: Tape,
    examples: readonly PairExample[],
    visit: (example: PairExample, head: number, tail: number, scores: Float32Array, at: number) => void,
  ): void {
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
          visit(whole, part.pairs[k] as number, part.pairs[k + 1] as number, scores, row * classes.columns);
        }
      }
      tape.arena.release(before);
    }
  }

  /** @param random draws the words that word dropout makes unknown; undefined outside training */
  pack(examples: readonly PairExample[], random: Random | undefined): PairBatch {
    return packPairs(examples, this.#settings, (held) => this.#network.encoder.pack(held, random));
  }
}
