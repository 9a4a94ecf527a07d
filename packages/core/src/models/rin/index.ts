import { operations, pairProbabilities, predictPairs, type Tape } from "@weft-nlp/tensor";
import { inputNeeds, type PackedSentences } from "../../encoders/index.ts";
import { decodeEntities, tagNames } from "../../heads/tags/decode-entities.ts";
import { packTags } from "../../heads/tags/read-tags.ts";
import {
  allWords,
  anchorWords,
  cellsOfChosen,
  cellsOfTable,
  decodeCells,
  relationsOfCells,
} from "../../heads/word-pairs/decode-cells.ts";
import { type Prediction, thresholdOf } from "../../metrics/index.ts";
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
  type PredictionSteps,
  type PredictOptions,
  type SampleOptions,
} from "../model.ts";
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

  predict(tape: Tape, examples: readonly RinExample[], { threshold, cells }: PredictOptions): Prediction[] {
    const batch = this.#network.encoder.pack(examples, undefined);
    const thresholds = this.#lexicon.relations.names.map((type) => thresholdOf(threshold, type));
    return cells === true ? this.#predictCells(tape, batch, thresholds) : this.#predictRelations(tape, batch, thresholds);
  }

  /** Predicts with all cells that reach their threshold. */
  #predictCells(tape: Tape, batch: PackedSentences, thresholds: readonly number[]): Prediction[] {
    const { tagScores, pairs } = this.#network.forward(tape, batch);
    const cells = predictPairs(tape, pairs, thresholds);
    return this.#network.tags
      .read(tape, tagScores, batch.offsets)
      .map((distribution, s) =>
        decodeCells(this.#lexicon, this.#settings, distribution.best(), distribution.probabilities, cells[s] ?? []),
      );
  }

  /**
   * Predicts entities first, then relations between their anchors only: the same entities and
   * relations as with all cells.
   */
  #predictRelations(tape: Tape, batch: PackedSentences, thresholds: readonly number[]): Prediction[] {
    const { tagScores, pairsAmong } = this.#network.tagsFirst(tape, batch);
    const found = this.#network.tags.read(tape, tagScores, batch.offsets).map((distribution) => {
      const tags = distribution.best();
      return { tags, entities: decodeEntities(this.#lexicon, tags, distribution.probabilities) };
    });
    const anchors = anchorWords(
      this.#settings,
      found.map(({ entities }) => entities),
      batch.offsets,
    );
    const cells = anchors.rows.length === 0 ? [] : predictPairs(tape, pairsAmong(anchors), thresholds);
    return found.map(({ tags, entities }, s) => ({
      entities,
      relations: relationsOfCells(this.#lexicon, this.#settings, entities, cellsOfChosen(cells[s] ?? [], anchors, s)),
      tags: tagNames(this.#lexicon, tags),
    }));
  }

  /**
   * The same with dense tables, which can be averaged, in place of the cells that reach their
   * threshold: [N, N, R] for all cells, or [M, M, R] between the M anchors.
   */
  *predictInSteps(tape: Tape, examples: readonly RinExample[], { threshold, cells }: PredictOptions): PredictionSteps {
    const batch = this.#network.encoder.pack(examples, undefined);
    const thresholds = this.#lexicon.relations.names.map((type) => thresholdOf(threshold, type));
    const { tagScores, pairsAmong } = this.#network.tagsFirst(tape, batch);
    const found = (yield* this.#network.tags.readInSteps(tape, tagScores, batch.offsets)).map((distribution) => {
      const tags = distribution.best();
      return {
        tags,
        probabilities: distribution.probabilities,
        entities: decodeEntities(this.#lexicon, tags, distribution.probabilities),
      };
    });
    const words =
      cells === true
        ? allWords(batch.offsets)
        : anchorWords(
            this.#settings,
            found.map(({ entities }) => entities),
            batch.offsets,
          );
    const pairs = words.rows.length === 0 || thresholds.length === 0 ? undefined : pairsAmong(words);
    const tables = yield found.map((_, s) => (pairs === undefined ? new Float32Array(0) : pairProbabilities(tape, pairs, s)));
    return found.map(({ tags, probabilities, entities }, s) => {
      const chosen = cellsOfChosen(cellsOfTable(tables[s] ?? new Float32Array(0), thresholds), words, s);
      if (cells === true) return decodeCells(this.#lexicon, this.#settings, tags, probabilities, chosen);
      const relations = relationsOfCells(this.#lexicon, this.#settings, entities, chosen);
      return { entities, relations, tags: tagNames(this.#lexicon, tags) };
    });
  }
}

/** The recurrent interaction network for joint entity and relation extraction. */
export const rin = defineModel<RinSettings, RinExample>({
  name: "rin",
  paper: "Sun et al. 2020",
  settings: rinSettings,
  capabilities: { needsGoldEntities: false },
  needs: ({ inputs }) => inputNeeds(inputs),
  build: (settings, lexicon, scope) => new Rin(settings, lexicon, scope.child("rin")),
  encoder: (settings, lexicon) => new RinReader(settings, lexicon),
});
