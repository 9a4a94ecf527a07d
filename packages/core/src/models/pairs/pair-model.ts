import type { Random, Tape } from "@weft-nlp/tensor";
import type { SentenceEncoder } from "../../encoders/index.ts";
import { type PairBatch, packPairs } from "../../heads/given-pairs/pair-batch.ts";
import { type PairExample, pairFields } from "../../heads/given-pairs/pair-example.ts";
import { PairHead, type PairObjective, type PairScores } from "../../heads/given-pairs/pair-head.ts";
import { groupsOf } from "../../heads/given-pairs/pair-parts.ts";
import type { PairSettings } from "../../heads/given-pairs/pair-settings.ts";
import type { ProbabilityTable } from "../../heads/probability-table.ts";
import { type Prediction, thresholdOf } from "../../metrics/index.ts";
import type { Relation } from "../../schema/index.ts";
import type { Lexicon } from "../../vocabulary/lexicon.ts";
import type { Losses, LossOptions, Model, PredictionSteps, PredictOptions } from "../model.ts";
import { decideAlone } from "../prediction-steps.ts";

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

  predict(tape: Tape, examples: readonly PairExample[], options: PredictOptions): Prediction[] {
    return decideAlone(this.predictInSteps(tape, examples, options));
  }

  *predictInSteps(tape: Tape, examples: readonly PairExample[], { threshold }: PredictOptions): PredictionSteps {
    const columns = this.#head.columns;
    const tables = yield this.#tables(tape, examples);
    return examples.map(({ entities, pairs }, s) => {
      const table = tables[s] ?? new Float64Array(0); // [pairs, columns]
      const relations: Relation[] = [];
      for (let row = 0; row * columns < table.length; row++) {
        const { label, confidence } = this.#head.decide(table, row * columns);
        const type = this.#lexicon.relations.nameOf(label);
        const [head, tail] = [pairs[row * pairFields] as number, pairs[row * pairFields + 1] as number];
        if (confidence >= thresholdOf(threshold, type)) relations.push({ head, tail, type, confidence });
      }
      return { entities, relations };
    });
  }

  /** The probabilities of the classes of all pairs of each example, [pairs, columns]. */
  #tables(tape: Tape, examples: readonly PairExample[]): ProbabilityTable[] {
    const { columns } = this.#head;
    // Without relation types in training there is no best one to choose.
    const asked = this.#lexicon.relations.size === 0 ? [] : examples;
    const tables = examples.map(({ pairs }) => new Float64Array(asked.length === 0 ? 0 : (pairs.length / pairFields) * columns));
    const filled = new Int32Array(examples.length);
    const places = new Map(examples.map((example, place) => [example, place]));
    for (const group of groupsOf(asked, maxRowsTogether)) {
      const before = tape.arena.mark();
      const parts = group.map(({ part }) => part);
      const { classes } = this.#network.forward(tape, this.pack(parts, undefined));
      const scores = tape.read(classes);
      let row = 0;
      for (const { whole, part } of group) {
        const place = places.get(whole) as number;
        for (let k = 0; k < part.pairs.length; k += pairFields, row++) {
          const probabilities = this.#head.probabilities(scores, row * classes.columns);
          tables[place]?.set(probabilities, filled[place]);
          filled[place] = (filled[place] ?? 0) + columns;
        }
      }
      tape.arena.release(before);
    }
    return tables;
  }

  /** @param random draws the words that word dropout makes unknown; undefined outside training */
  pack(examples: readonly PairExample[], random: Random | undefined): PairBatch {
    return packPairs(examples, this.#settings, (held) => this.#network.encoder.pack(held, random));
  }
}
