import { operations, type PairCell, pairProbabilities, predictPairs, type Tape } from "@weft-nlp/tensor";
import { inputNeeds, type PackedSentences } from "../../encoders/index.ts";
import { packTags } from "../../heads/tags/read-tags.ts";
import { taggedMentions } from "../../heads/tags/tagged-mentions.ts";
import { allWords, anchorWords, cellsOfChosen, cellsOfTable } from "../../heads/word-pairs/decode-cells.ts";
import { type Prediction, thresholdOf } from "../../metrics/index.ts";
import type { Scope } from "../../nn/index.ts";
import type { Entity } from "../../schema/index.ts";
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
  type ProposalSteps,
  type ProposeOptions,
  type SampleOptions,
} from "../model.ts";
import { decideAlone } from "../proposal-steps.ts";
import { floorOf } from "../propose.ts";
import { proposeCells } from "./propose-cells.ts";
import { RinNetwork, type RinOutput } from "./rin-network.ts";
import { drawOutputs, goldPrediction, type RinSample, scoreOutputs } from "./rin-outputs.ts";
import { type RinExample, RinReader } from "./rin-reader.ts";
import { type RinSettings, rinSettings } from "./rin-settings.ts";

/** RIN with its loss (Sun et al. 2020, eq. 8 and 9) and its decoding. */
export class Rin implements Model<RinExample>, OutputDistribution<RinExample> {
  readonly #settings: RinSettings;
  readonly #lexicon: Lexicon;
  readonly #network: RinNetwork;

  constructor(settings: RinSettings, lexicon: Lexicon, scope: Scope) {
    this.#settings = settings;
    this.#lexicon = lexicon;
    this.#network = new RinNetwork(settings, lexicon, scope);
  }

  get wordVectors() {
    return this.#network.encoder.wordVectors;
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
    const output = this.#network.forward(tape, this.#network.encoder.pack(examples, undefined));
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
    return this.#network.forward(tape, this.#network.encoder.pack(examples, tape.training ? random : undefined));
  }

  #localLoss(tape: Tape, { tagScores, pairs }: RinOutput, examples: readonly RinExample[], { factor }: LossOptions): Losses {
    const gold = packTags(examples.map(({ tags }) => tags));
    const entity = tape.apply(operations.softmaxLoss, { scores: tagScores, gold, factor });
    const relation = tape.apply(operations.pairLoss, { ...pairs, gold: examples.map(({ cells }) => cells), factor });
    return { entity, relation };
  }

  predict(tape: Tape, examples: readonly RinExample[], options: PredictOptions): Prediction[] {
    return decideAlone(this.proposeInSteps(tape, examples, options));
  }

  /**
   * Decides on entities first, then scores relations between their anchors only, unless all cells
   * are wanted. Entities and relations are the same either way. The tables of relations are dense,
   * [M, M, R] between the M words; without an ensemble only cells above a threshold are read.
   */
  *proposeInSteps(tape: Tape, examples: readonly RinExample[], options: ProposeOptions): ProposalSteps {
    const batch = this.#network.encoder.pack(examples, undefined);
    const { names } = this.#lexicon.relations;
    const thresholds = names.map((type) => thresholdOf(options.threshold, type));
    const floors = names.map((type) => floorOf(options, type));
    const { tagScores, scorerFor } = this.#scored(tape, batch, options);
    const distributions = yield* this.#network.tags.readInSteps(tape, tagScores, batch.offsets);
    const found = distributions.map((distribution) => taggedMentions(this.#lexicon, distribution));
    const { words, pairs } = scorerFor(found.map(({ entities }) => entities));
    const tables = yield () =>
      found.map((_, s) => (pairs === undefined ? new Float32Array(0) : pairProbabilities(tape, pairs, s)));
    const read = (limits: readonly number[]): PairCell[][] => {
      if (pairs === undefined) return [];
      return tables === undefined ? predictPairs(tape, pairs, limits) : tables.map((table) => cellsOfTable(table, limits));
    };
    const counted = read(thresholds);
    const more = floors.some((floor, r) => floor < (thresholds[r] ?? 0)) ? read(floors) : counted;
    return found.map((tagged, s) => {
      const [cells, others] = [counted, more].map((each) => cellsOfChosen(each[s] ?? [], words, s));
      return proposeCells(this.#lexicon, this.#settings, tagged, cells ?? [], others ?? [], options.cells === true);
    });
  }

  /** Scores tags at once, and pairs of all words or, once entities are known, of their anchors. */
  #scored(tape: Tape, batch: PackedSentences, { cells }: PredictOptions) {
    if (cells === true) {
      const { tagScores, pairs } = this.#network.forward(tape, batch);
      return { tagScores, scorerFor: () => ({ words: allWords(batch.offsets), pairs }) };
    }
    const { tagScores, pairsAmong } = this.#network.tagsFirst(tape, batch);
    const scorerFor = (entities: readonly (readonly Entity[])[]) => {
      const words = anchorWords(this.#settings, entities, batch.offsets);
      return { words, pairs: words.rows.length === 0 ? undefined : pairsAmong(words) };
    };
    return { tagScores, scorerFor };
  }
}

/** The recurrent interaction network for joint entity and relation extraction. */
export const rin = defineModel<RinSettings, RinExample>({
  name: "rin",
  paper: "Sun et al. 2020",
  settings: rinSettings,
  formerDefaults: { decoding: "free" },
  capabilities: { needsGoldEntities: false, cells: true },
  needs: ({ inputs }) => inputNeeds(inputs),
  build: (settings, lexicon, scope) => new Rin(settings, lexicon, scope.child("rin")),
  encoder: (settings, lexicon) => new RinReader(settings, lexicon),
});
