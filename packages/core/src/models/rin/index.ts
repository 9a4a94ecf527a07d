import { operations, type Parameter, predictPairs, type Random, type Tape } from "@weft-nlp/tensor";
import type { Prediction } from "../../metrics/index.ts";
import type { Scope } from "../../nn/index.ts";
import type { Lexicon } from "../../vocabulary/lexicon.ts";
import {
  defineModel,
  type Losses,
  type LossOptions,
  type Model,
  type Output,
  type OutputDistribution,
  type OutputScores,
  type PredictOptions,
  type SampleOptions,
} from "../model.ts";
import { decode } from "./decode.ts";
import { RinEncoder, type RinExample } from "./encoder.ts";
import { type RinBatch, RinNetwork, type RinOutput } from "./network.ts";
import { drawOutputs, goldPrediction, type RinSample, scoreOutputs } from "./outputs.ts";
import { type RinSettings, rinSettings } from "./settings.ts";

/** RIN with its loss (eq. 8 and 9) and its decoding. */
export class Rin implements Model<RinExample>, OutputDistribution<RinExample> {
  readonly wordTable: Parameter;
  readonly #settings: RinSettings;
  readonly #lexicon: Lexicon;
  readonly #network: RinNetwork;

  constructor(settings: RinSettings, lexicon: Lexicon, scope: Scope) {
    this.#settings = settings;
    this.#lexicon = lexicon;
    this.#network = new RinNetwork(settings, lexicon, scope);
    this.wordTable = this.#network.words;
  }

  get outputs(): OutputDistribution<RinExample> {
    return this;
  }

  loss(tape: Tape, examples: readonly RinExample[], options: LossOptions): Losses {
    return this.#localLoss(tape, this.#forward(tape, examples, options), examples, options);
  }

  goldOf(example: RinExample): Prediction {
    return goldPrediction(example, this.#lexicon);
  }

  sample(tape: Tape, examples: readonly RinExample[], options: SampleOptions): Output[][] {
    const output = this.#network.forward(tape, this.#pack(examples, undefined));
    return drawOutputs(tape, output, examples, { lexicon: this.#lexicon, settings: this.#settings }, options);
  }

  logProb(
    tape: Tape,
    examples: readonly RinExample[],
    outputs: readonly (readonly Output[])[],
    options: LossOptions,
  ): OutputScores {
    const output = this.#forward(tape, examples, options);
    const losses = this.#localLoss(tape, output, examples, options);
    return { losses, ...scoreOutputs(tape, output, outputs as readonly (readonly RinSample[])[]) };
  }

  #forward(tape: Tape, examples: readonly RinExample[], { random }: LossOptions): RinOutput {
    return this.#network.forward(tape, this.#pack(examples, tape.training ? random : undefined));
  }

  #localLoss(tape: Tape, { tagScores, pairs }: RinOutput, examples: readonly RinExample[], { factor }: LossOptions): Losses {
    const gold = new Int32Array(tagScores.rows);
    let at = 0;
    for (const example of examples) {
      gold.set(example.tags, at);
      at += example.length;
    }
    const entity = tape.apply(operations.softmaxLoss, { scores: tagScores, gold, factor });
    const relation = tape.apply(operations.pairLoss, { ...pairs, gold: examples.map(({ cells }) => cells), factor });
    return { entity, relation };
  }

  predict(tape: Tape, examples: readonly RinExample[], { threshold }: PredictOptions): Prediction[] {
    const { tagScores, pairs } = this.#network.forward(tape, this.#pack(examples, undefined));
    const probabilities = tape.read(tape.apply(operations.softmax, tagScores)); // [ΣN, T]
    const { relations, tags } = this.#lexicon;
    const thresholds = relations.names.map((type) => (typeof threshold === "number" ? threshold : (threshold[type] ?? 0.5)));
    const cells = predictPairs(tape, pairs, thresholds);
    return examples.map((_, s) => {
      const start = (pairs.offsets[s] ?? 0) * tags.size;
      const end = (pairs.offsets[s + 1] ?? 0) * tags.size;
      return decode(this.#lexicon, this.#settings, probabilities.subarray(start, end), cells[s] ?? []);
    });
  }

  /** @param random given in training, where word dropout makes some words unknown */
  #pack(examples: readonly RinExample[], random: Random | undefined): RinBatch {
    const offsets = new Int32Array(examples.length + 1);
    for (const [s, { length }] of examples.entries()) offsets[s + 1] = (offsets[s] ?? 0) + length;
    const total = offsets[examples.length] ?? 0;
    const words = new Int32Array(total);
    const pos = this.#lexicon.pos === undefined ? undefined : new Int32Array(total);
    const rate = this.#settings.wordDropout;
    for (const [s, example] of examples.entries()) {
      const start = offsets[s] ?? 0;
      for (let i = 0; i < example.length; i++) {
        const dropped = random !== undefined && rate > 0 && random.next() < rate;
        words[start + i] = (dropped ? example.unknown[i] : example.words[i]) ?? 0;
      }
      if (example.pos !== undefined) pos?.set(example.pos, start);
    }
    return { words, pos, offsets };
  }
}

/** The recurrent interaction network for joint entity and relation extraction. */
export const rin = defineModel<RinSettings, RinExample>({
  name: "rin",
  paper: "Sun et al. 2020",
  settings: rinSettings,
  capabilities: { needsGoldEntities: false },
  build: (settings, lexicon, scope) => new Rin(settings, lexicon, scope.child("rin")),
  encoder: (settings, lexicon) => new RinEncoder(settings, lexicon),
});
