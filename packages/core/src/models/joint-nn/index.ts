import { type Matrix, operations, type Random, type Tape } from "@weft-nlp/tensor";
import { inputNeeds } from "../../encoders/index.ts";
import type { ProbabilityTable } from "../../heads/probability-table.ts";
import { bestIndex, drawDistinct, drawIndex } from "../../heads/sampling.ts";
import { candidatePairs, distinctSpans, goldLabels, labelCount, type Reading } from "../../heads/span-pairs/candidate-pairs.ts";
import { chooseLabels, decodeRelations, predictionOf } from "../../heads/span-pairs/decode-relations.ts";
import { labelCandidates } from "../../heads/span-pairs/label-candidates.ts";
import { SpanPairsHead } from "../../heads/span-pairs/span-pairs-head.ts";
import { spanTypes } from "../../heads/spans/span-types.ts";
import type { Prediction } from "../../metrics/index.ts";
import type { Scope } from "../../nn/index.ts";
import type { Entity, Relation, Span } from "../../schema/index.ts";
import { spanKey } from "../../schema/span-keys.ts";
import type { Lexicon } from "../../vocabulary/lexicon.ts";
import {
  defineModel,
  type Losses,
  type LossOptions,
  type Model,
  type OutputDistribution,
  type OutputScores,
  type PredictOptions,
  type ProposalSteps,
  type Proposed,
  type ProposeOptions,
  type SampleOptions,
} from "../model.ts";
import { decideAlone } from "../proposal-steps.ts";
import { type TaggedWords, TaggingNetwork } from "../tagging-network.ts";
import { type JointNnSettings, jointNnSettings } from "./joint-nn-settings.ts";
import { type JointOutput, scoreOutputs } from "./joint-outputs.ts";
import { type JointExample, JointReader } from "./joint-reader.ts";

/** The joint network of Sun et al. 2018 (§3.1, §3.2) with its local losses and its decoding. */
export class JointNn implements Model<JointExample>, OutputDistribution<JointExample> {
  readonly #settings: JointNnSettings;
  readonly #lexicon: Lexicon;
  readonly #entity: TaggingNetwork;
  readonly #relation: SpanPairsHead;
  readonly #labels: number;
  /** The types of entities that may overlap; undefined if they may not. */
  readonly #types: readonly (string | null)[] | undefined;

  constructor(settings: JointNnSettings, lexicon: Lexicon, scope: Scope) {
    this.#settings = settings;
    this.#lexicon = lexicon;
    this.#labels = labelCount(lexicon.relations.size, settings.pairs);
    this.#entity = new TaggingNetwork(settings, lexicon, scope);
    this.#types = this.#entity.entities.nested ? spanTypes(lexicon) : undefined;
    const types = this.#types?.length ?? 0;
    this.#relation = new SpanPairsHead(settings, lexicon.tags.size, this.#labels, this.#entity.width, scope, types);
  }

  get wordVectors() {
    return this.#entity.encoder.wordVectors;
  }

  get outputs(): OutputDistribution<JointExample> {
    return this;
  }

  loss(tape: Tape, examples: readonly JointExample[], options: LossOptions): Losses {
    return this.logProb(tape, examples, [], options).losses;
  }

  predict(tape: Tape, examples: readonly JointExample[], options: PredictOptions): Prediction[] {
    return decideAlone(this.proposeInSteps(tape, examples, options));
  }

  /** The labels of a pair are scored once, with the tags of the model's own choice (§3.2). */
  *proposeInSteps(tape: Tape, examples: readonly JointExample[], options: ProposeOptions): ProposalSteps {
    const batch = this.#entity.encoder.pack(examples, undefined);
    const output = this.#entity.forward(tape, batch);
    const distributions = yield* this.#entity.entities.readInSteps(tape, output.entities);
    const found = distributions.map((distribution, sentence) => {
      const tagged = distribution.found();
      return { tagged, reading: this.#readingOf(sentence, tagged.tags, tagged.entities) };
    });
    const readings = found.map(({ reading }) => reading);
    const probabilities = this.#labelProbabilities(tape, output.states, batch.offsets, readings); // [Σ pairs, L]
    let row = 0;
    const own = readings.map(({ pairs }) => probabilities.subarray(row * this.#labels, (row += pairs.length) * this.#labels));
    const tables = (yield () => own) ?? own;
    const { pairs: order } = this.#settings;
    return found.map(({ tagged, reading }, s): Proposed => {
      const table = tables[s] ?? new Float32Array(0); // [pairs, L]
      return {
        proposal: () => ({
          mentions: tagged.mentions(),
          candidates: labelCandidates(options, this.#lexicon, order, reading, table),
        }),
        decide: (choice) => {
          const { tags, entities } = tagged.retyped(choice);
          const relations = choice?.relations ?? this.#likeliest(options, reading, table);
          return predictionOf(this.#lexicon, { ...reading, tags }, entities, [...relations]);
        },
      };
    });
  }

  /** The likeliest relation of each pair that reaches its threshold. */
  #likeliest(options: PredictOptions, reading: Reading, table: ProbabilityTable): Relation[] {
    const { pairs: order } = this.#settings;
    const labels = chooseLabels(options, this.#lexicon, order, table, this.#labels);
    return decodeRelations(this.#lexicon, order, reading, labels, (pair, label) => {
      // Against no relation only: the measure that thresholds apply to.
      const [p = 0, none = 0] = [label, 0].map((k) => table[pair * this.#labels + k]);
      return p / (p + none);
    });
  }

  goldOf({ gold }: JointExample): Prediction {
    return gold;
  }

  sample(tape: Tape, examples: readonly JointExample[], options: SampleOptions): JointOutput[][] {
    const { random, samples, epsilon } = options;
    const batch = this.#entity.encoder.pack(examples, undefined);
    const output = this.#entity.forward(tape, batch);
    const sets = this.#entity.entities.read(tape, output.entities).map((distribution, sentence) => {
      const example = examples[sentence] as JointExample;
      const drawn = drawDistinct(samples, example.labels, () => distribution.draw(epsilon, random));
      const found = drawn.map((entityLabels) => {
        const entities = distribution.entities(entityLabels);
        return { entityLabels, entities, reading: this.#readingOf(sentence, distribution.tags(entityLabels), entities) };
      });
      return [{ entityLabels: example.labels, ...this.#goldReading(sentence, example) }, ...found];
    });
    const readings = sets.flatMap((set) => set.map(({ reading }) => reading));
    const probabilities = this.#labelProbabilities(tape, output.states, batch.offsets, readings);
    const { pairs: order } = this.#settings;
    let row = 0;
    return sets.map((set, sentence) =>
      set.map(({ entityLabels, entities, reading }, k) => {
        const example = examples[sentence] as JointExample;
        const first = row;
        row += reading.pairs.length;
        const drawn = reading.pairs.map((_, pair) => {
          const at = (first + pair) * this.#labels;
          if (options.relations === "best") return bestIndex(probabilities, at, this.#labels);
          return drawIndex(probabilities, at, this.#labels, random);
        });
        const labels = k === 0 && options.goldRelations === "gold" ? goldLabels(reading, example, order) : Int32Array.from(drawn);
        const relations = decodeRelations(this.#lexicon, order, reading, labels);
        return { entityLabels, reading, labels, prediction: predictionOf(this.#lexicon, reading, entities, relations) };
      }),
    );
  }

  logProb(
    tape: Tape,
    examples: readonly JointExample[],
    outputs: readonly (readonly JointOutput[])[],
    options: LossOptions,
  ): OutputScores {
    const { factor, random } = options;
    const batch = this.#entity.encoder.pack(examples, tape.training ? random : undefined);
    const { offsets } = batch;
    const output = this.#entity.forward(tape, batch);
    const weights = this.#sentenceWeights(examples, options);
    const gold = examples.map(({ labels }) => labels);
    const entity = this.#entity.entities.loss(tape, output.entities, gold, weights, factor);
    const local = this.#localReadings(tape, examples, output, options);
    const readings = [...local, ...outputs.flat().map(({ reading }) => reading)];
    const scores = this.#labelScores(tape, output.states, offsets, readings, random); // [Σ pairs, L]
    const relation = this.#relationLoss(tape, scores, local, examples, options);
    const { entities } = output;
    const firstRow = countPairs(local);
    const scored = scoreOutputs(tape, this.#entity.entities, { entities, labelScores: scores, firstRow }, outputs);
    return { ...scored, losses: { entity, relation } };
  }

  /**
   * The readings that the local loss is computed on. Outside training they are the gold ones, which
   * makes the loss a smooth function of the weights.
   */
  #localReadings(
    tape: Tape,
    examples: readonly JointExample[],
    { entities: scores }: TaggedWords,
    { random, epoch = 1 }: LossOptions,
  ): Reading[] {
    const { tagsRead, samplingDecay, candidates } = this.#settings;
    if (!tape.training) return examples.map((example, s) => this.#goldReading(s, example).reading);
    const chance = samplingDecay / (samplingDecay + Math.exp(epoch / samplingDecay));
    const share = tagsRead === "gold" ? 1 : tagsRead === "predicted" ? 0 : chance;
    return this.#entity.entities.read(tape.quiet(), scores).map((distribution, sentence) => {
      const example = examples[sentence] as JointExample;
      const labels = distribution.best().map((label, i) => {
        const gold = example.labels[i] ?? -1;
        return gold >= 0 && (share === 1 || (share > 0 && random.next() < share)) ? gold : label;
      });
      const read = distribution.entities(labels);
      // Of two entities with the same span, the last one says the type.
      const spans = distinctSpans(candidates === "predicted" ? read : [...goldEntities(example), ...read]);
      return this.#readingOf(sentence, distribution.tags(labels), spans);
    });
  }

  #relationLoss(
    tape: Tape,
    scores: Matrix | undefined,
    local: readonly Reading[],
    examples: readonly JointExample[],
    { factor }: LossOptions,
  ): number {
    const pairs = countPairs(local);
    if (scores === undefined || pairs === 0) return 0;
    const gold = new Int32Array(scores.rows).fill(-1);
    const weights = new Float32Array(scores.rows);
    let row = 0;
    for (const reading of local) {
      const count = reading.pairs.length;
      gold.set(goldLabels(reading, examples[reading.sentence] as JointExample, this.#settings.pairs), row);
      weights.fill(this.#settings.means === "sentence" ? 1 / count : examples.length / pairs, row, row + count);
      row += count;
    }
    return tape.apply(operations.softmaxLoss, { scores, gold, weights, factor });
  }

  /**
   * The weight of each sentence's summed tag loss: 1 / words of the sentence, or sentences / words
   * of the batch. Pairs are averaged over the sentences of a chunk, because the number of candidate
   * pairs in other chunks of the batch is not known.
   */
  #sentenceWeights(examples: readonly JointExample[], { batch }: LossOptions): Float32Array {
    const tokens = batch?.tokens ?? examples.reduce((sum, { length }) => sum + length, 0);
    const sentences = batch?.sentences ?? examples.length;
    const { means } = this.#settings;
    return Float32Array.from(examples, ({ length }) =>
      means === "sentence" ? 1 / Math.max(1, length) : sentences / Math.max(1, tokens),
    );
  }

  #labelScores(
    tape: Tape,
    states: Matrix,
    offsets: Int32Array,
    readings: readonly Reading[],
    random: Random | undefined,
  ): Matrix | undefined {
    return countPairs(readings) === 0 ? undefined : this.#relation.forward(tape, states, offsets, readings, random);
  }

  #labelProbabilities(tape: Tape, states: Matrix, offsets: Int32Array, readings: readonly Reading[]): Float32Array {
    const scores = this.#labelScores(tape, states, offsets, readings, undefined);
    return scores === undefined ? new Float32Array(0) : tape.read(tape.apply(operations.softmax, scores));
  }

  /** @param spans sorted by start and then end */
  #readingOf(sentence: number, tags: Int32Array, spans: readonly (Span | Entity)[]): Reading {
    const types = this.#types;
    const pairs = candidatePairs(spans, this.#settings.pairs, types === undefined ? "apart" : "all");
    if (types === undefined) return { sentence, tags, spans, pairs };
    const typeOf = (span: Span | Entity): number => ("type" in span ? types.indexOf(span.type) : -1);
    return { sentence, tags, spans, pairs, types: Int32Array.from(spans, typeOf) };
  }

  #goldReading(sentence: number, example: JointExample): { entities: Entity[]; reading: Reading } {
    const entities = goldEntities(example);
    return { entities, reading: this.#readingOf(sentence, example.tags, entities) };
  }
}

/** The gold entities that labels hold, sorted by start and then end. */
function goldEntities({ spans, gold }: JointExample): Entity[] {
  const byKey = new Map(gold.entities.toReversed().map((entity) => [spanKey(entity), entity]));
  return Array.from({ length: spans.length / 2 }, (_, k) => {
    return byKey.get(spanKey({ start: spans[2 * k] ?? 0, end: spans[2 * k + 1] ?? 0 })) as Entity;
  });
}

function countPairs(readings: readonly Reading[]): number {
  return readings.reduce((sum, { pairs }) => sum + pairs.length, 0);
}

/** The joint BiLSTM and CNN network for entities and relations. */
export const jointNn = defineModel<JointNnSettings, JointExample>({
  name: "joint-nn",
  paper: "Sun et al. 2018",
  settings: jointNnSettings,
  formerDefaults: { decoding: "free" },
  capabilities: { needsGoldEntities: false },
  needs: ({ inputs, spans }) => ({ ...inputNeeds(inputs), spans: spans !== false }),
  build: (settings, lexicon, scope) => new JointNn(settings, lexicon, scope.child("joint-nn")),
  encoder: (settings, lexicon) => new JointReader(settings, lexicon),
});
