import type { Random, Tape } from "@weft-nlp/tensor";
import type { z } from "zod";
import type { Example, WordVectorTable } from "../encoders/index.ts";
import type { PairCounts } from "../heads/given-pairs/pair-reader.ts";
import type { Prediction, ProtocolName, Thresholds } from "../metrics/index.ts";
import type { Scope } from "../nn/index.ts";
import type { Omission, Sentence } from "../schema/index.ts";
import type { Lexicon, LexiconNeeds } from "../vocabulary/lexicon.ts";

export type { Example, WordVectorTable } from "../encoders/index.ts";
export type { PairCounts } from "../heads/given-pairs/pair-reader.ts";

/**
 * What a model can do beyond learning from sentences; shared code asks these, never a model's name.
 */
export interface Capabilities {
  /** True for classifiers of pairs whose entities must be given. */
  readonly needsGoldEntities: boolean;
  /** False for taggers, which find entities alone; defaults to true. */
  readonly findsRelations?: boolean | undefined;
  /**
   * False where no sentence waits for the words of another: chunks are then even, and not of
   * sentences of like length.
   */
  readonly recurrent?: boolean | undefined;
}

/** Losses of some sentences by name, summed, not averaged. */
export type Losses = Readonly<Record<string, number>>;

export interface LossOptions {
  /** Factor of the summed loss in the objective, usually 1 / sentences of the batch. */
  readonly factor: number;
  /** Randomness of this chunk, apart from dropout masks. */
  readonly random: Random;
  /** The pass over the training data, counted from 1; defaults to 1. */
  readonly epoch?: number | undefined;
  /** The batch that these sentences are a part of; by default they are all of it. */
  readonly batch?: BatchSize | undefined;
}

export interface BatchSize {
  readonly sentences: number;
  readonly tokens: number;
}

export interface PredictOptions {
  /** The probability from which a relation counts: one for all types, or one for each. */
  readonly threshold: Thresholds;
}

/**
 * One thing that a model can say about a sentence, and what the model needs to find its probability
 * again.
 */
export interface Output {
  readonly prediction: Prediction;
}

export interface SampleOptions {
  /** Outputs drawn of each sentence, beside gold. */
  readonly samples: number;
  /** The share of tags that are drawn uniformly, not from the model. */
  readonly epsilon: number;
  /** Relations drawn from the model given the entities, or its best ones. */
  readonly relations: "sampled" | "best";
  /** The relations beside the gold entities: gold, or the model's, as `relations` says. */
  readonly goldRelations: "gold" | "sampled";
  readonly random: Random;
}

/**
 * How likely a model finds outputs: P(y) = P(entities) · P(relations | entities), both as
 * logarithms, by sentence and output.
 */
export interface OutputScores {
  readonly entities: readonly Float64Array[];
  readonly relations: readonly Float64Array[];
  /** The losses of `Model.loss`, from the same pass; their gradient has been added. */
  readonly losses: Losses;
  /**
   * Adds the gradient of Σ factor · ln P over all outputs, with a factor for each of the two parts.
   */
  addGradient(entityFactors: readonly Float64Array[], relationFactors: readonly Float64Array[]): void;
}

/**
 * What an objective over whole outputs needs of a model. A model that has it can be trained by
 * every such objective.
 */
export interface OutputDistribution<E extends Example = Example> {
  /** What the metrics compare predictions with. */
  goldOf(example: E): Prediction;
  /**
   * The gold output of each sentence, then distinct drawn ones; fewer than asked where there are no
   * more to be found.
   */
  sample(tape: Tape, examples: readonly E[], options: SampleOptions): Output[][];
  /** @param outputs of each sentence, from `sample` on the same examples */
  logProb(tape: Tape, examples: readonly E[], outputs: readonly (readonly Output[])[], options: LossOptions): OutputScores;
}

/** A network with its parameters. */
export interface Model<E extends Example = Example> {
  /** The table of word embeddings [V, D] that word vectors may fill, where it has one. */
  readonly wordVectors?: WordVectorTable | undefined;
  /** Adds the gradient of factor · Σ loss to the tape's buffers and returns the losses. */
  loss(tape: Tape, examples: readonly E[], options: LossOptions): Losses;
  predict(tape: Tape, examples: readonly E[], options: PredictOptions): Prediction[];
  /**
   * Its outputs as a probability distribution, where it can draw from that and find a probability
   * again.
   */
  readonly outputs?: OutputDistribution<E> | undefined;
}

/**
 * Turns sentences into examples. What the model cannot hold (overlapping entities, unknown labels)
 * is added to `losses`.
 */
export interface Encoder<E extends Example = Example> {
  encode(sentence: Sentence, omissions?: Omission[]): E;
  /**
   * The examples of a training, where they are not the sentences one by one: some pairs are left
   * out, or shuffled on their own.
   */
  training?(sentences: readonly Sentence[], options: { readonly seed: number }, omissions: Omission[]): TrainingExamples<E>;
}

export interface TrainingExamples<E extends Example = Example> {
  readonly examples: readonly E[];
  readonly pairs: PairCounts;
}

/**
 * A model inside another one. Its parameters stand under the names of both: `pipeline/tagger/…`.
 */
export interface ModelPart<Settings = unknown> {
  readonly name: "tagger" | "classifier";
  /** Which model of the catalogue it is, with that model's settings. */
  model(settings: Settings): { readonly name: string } & Readonly<Record<string, unknown>>;
  /** The protocol that chooses its best epoch; defaults to what the model itself would take. */
  readonly select?: ProtocolName | undefined;
  /**
   * Whether it learns from what the part before it finds in the training sentences, beside what is
   * annotated there.
   */
  learnsFromPredictions?(settings: Settings): boolean;
}

/** Everything shared code knows about a kind of model. */
export interface ModelDefinition<Settings = unknown, E extends Example = Example> {
  readonly name: string;
  /** The paper, in the short form authors and year. */
  readonly paper: string;
  readonly settings: z.ZodObject<z.ZodRawShape, z.core.$strict> & z.ZodType<Settings>;
  readonly capabilities: Capabilities;
  /**
   * The protocols that say most about its predictions, first the one that chooses the best epoch;
   * by default the entity types decide.
   */
  protocols?(settings: Settings): readonly ProtocolName[] | undefined;
  /**
   * Models that it is put together from, each trained for itself in this order; none by default.
   */
  readonly parts?: readonly ModelPart<Settings>[] | undefined;
  /** What it needs of the lexicon besides words and labels; nothing by default. */
  needs?(settings: Settings): LexiconNeeds;
  build(settings: Settings, lexicon: Lexicon, scope: Scope): Model<E>;
  encoder(settings: Settings, lexicon: Lexicon): Encoder<E>;
}

/**
 * Checks a definition against its own types and forgets them, so that models of all kinds fit one
 * catalogue.
 */
export function defineModel<Settings, E extends Example>(definition: ModelDefinition<Settings, E>): ModelDefinition {
  return definition;
}
