import type { Random, Tape } from "@weft-nlp/tensor";
import type { z } from "zod";
import type { Choice, Proposal } from "../constraints/index.ts";
import type { Example, WordVectorTable } from "../encoders/index.ts";
import type { PairCounts } from "../heads/given-pairs/pair-reader.ts";
import type { Steps } from "../heads/probability-table.ts";
import type { Prediction, ProtocolName, Thresholds } from "../metrics/index.ts";
import type { Scope } from "../nn/index.ts";
import type { Omission, Sentence } from "../schema/index.ts";
import type { Lexicon, LexiconNeeds } from "../vocabulary/lexicon.ts";

export type { Example, WordVectorTable } from "../encoders/index.ts";
export type { PairCounts } from "../heads/given-pairs/pair-reader.ts";

/**
 * What a model needs and can do. Shared code checks these capabilities, never a model's name.
 */
export interface Capabilities {
  /** True for classifiers of pairs, whose entities must be given. */
  readonly needsGoldEntities: boolean;
  /** False for taggers, which find only entities; defaults to true. */
  readonly findsRelations?: boolean | undefined;
  /**
   * False if sentences do not advance together word by word. Training then forms chunks of about
   * equal size instead of chunks of sentences of similar length. Defaults to true.
   */
  readonly recurrent?: boolean | undefined;
  /** Whether its predictions can hold cells, scored pairs of words; some protocols need them. */
  readonly cells?: boolean | undefined;
}

/** Losses by name, summed over sentences, not averaged. */
export type Losses = Readonly<Record<string, number>>;

/** The context of a loss: its factor, its randomness, and the batch it belongs to. */
export interface LossOptions {
  /** The factor of the summed loss in the objective, usually 1 / sentences of the batch. */
  readonly factor: number;
  /** Randomness of this chunk, apart from dropout masks. */
  readonly random: Random;
  /** The pass over the training data, counted from 1; defaults to 1. */
  readonly epoch?: number | undefined;
  /** The size of the batch that these sentences belong to; defaults to these sentences. */
  readonly batch?: BatchSize | undefined;
}

/** The size of a batch. */
export interface BatchSize {
  readonly sentences: number;
  readonly tokens: number;
}

/** Options of a prediction. */
export interface PredictOptions {
  /** The minimum probability of a relation, 0 to 1: one for all types, or one for each. */
  readonly threshold: Thresholds;
  /**
   * Whether predictions must hold the cells of a model that scores all pairs of words, also those
   * without an entity. Protocols that score cells need them; defaults to false, which is faster.
   */
  readonly cells?: boolean | undefined;
}

/** Options of a proposal. */
export interface ProposeOptions extends PredictOptions {
  /**
   * Types whose candidates are wanted down to this confidence, even below their threshold; defaults
   * to none.
   */
  readonly floors?: Readonly<Record<string, number>> | undefined;
}

/** What a model offers for a sentence, and the predictions that may come of it. */
export interface Proposed {
  /** What constraints choose from. */
  proposal(): Proposal;
  /** The prediction that a choice makes; without one, that of the model itself. */
  decide(choice?: Choice): Prediction;
}

/**
 * One possible output of a model for a sentence. Models extend it with the data they need to
 * compute its probability.
 */
export interface Output {
  readonly prediction: Prediction;
}

/** How outputs are drawn (Sun et al. 2018, algorithm 1). */
export interface SampleOptions {
  /** Outputs to draw for each sentence, in addition to gold. */
  readonly samples: number;
  /** ε, the share of tags that are drawn uniformly instead of from the model. */
  readonly epsilon: number;
  /** Relations of a drawn output: drawn from the model given the entities, or the most likely. */
  readonly relations: "sampled" | "best";
  /** Relations of the gold output: gold, or the model's, chosen as `relations` says. */
  readonly goldRelations: "gold" | "sampled";
  readonly random: Random;
}

/**
 * A model's probabilities of outputs, P(y) = P(entities) · P(relations | entities), as logarithms
 * by sentence and output.
 */
export interface OutputScores {
  /** ln P(entities) */
  readonly entities: readonly Float64Array[];
  /** ln P(relations | entities) */
  readonly relations: readonly Float64Array[];
  /** The losses of `Model.loss` from the same pass, whose gradient has already been added. */
  readonly losses: Losses;
  /**
   * Adds the gradient of Σ factor · ln P over all outputs, with separate factors for entities and
   * relations.
   */
  addGradient(entityFactors: readonly Float64Array[], relationFactors: readonly Float64Array[]): void;
}

/**
 * A model's outputs as a probability distribution. A model that provides it can be trained by every
 * objective over whole outputs, such as minimum risk training.
 */
export interface OutputDistribution<E extends Example = Example> {
  /** The reference that metrics compare predictions with. */
  goldOf(example: E): Prediction;
  /**
   * Returns the gold output of each sentence, then distinct drawn ones; fewer than requested if no
   * more are found.
   */
  sample(tape: Tape, examples: readonly E[], options: SampleOptions): Output[][];
  /**
   * Scores outputs.
   *
   * @param outputs the outputs of each sentence, from `sample` on the same examples
   */
  logProb(tape: Tape, examples: readonly E[], outputs: readonly (readonly Output[])[], options: LossOptions): OutputScores;
}

/**
 * Proposals in steps. A step yields what the model has to decide from, as a function that returns
 * one table for each sentence. It goes on with the tables that it is given back, the mean over
 * several models, or with its own if it is given none. Models that are given the same tables decide
 * alike, so that their next tables have the same shape.
 */
export type ProposalSteps = Steps<Proposed[]>;

/** A network with its parameters. */
export interface Model<E extends Example = Example> {
  /** The table of word embeddings, [V, D], that word vectors may fill; absent without words. */
  readonly wordVectors?: WordVectorTable | undefined;
  /** Adds the gradient of factor · Σ loss to the tape's buffers and returns the losses. */
  loss(tape: Tape, examples: readonly E[], options: LossOptions): Losses;
  /** Returns one prediction per example, in order. */
  predict(tape: Tape, examples: readonly E[], options: PredictOptions): Prediction[];
  /**
   * Returns what `predict` decides from, one proposal per example, in order. Ensembles of models
   * decide from the mean of the probabilities of each step, and constraints choose from the
   * proposals: from the entities of `predict` with other types that they may have, and from all
   * relations that reach their threshold. Without it, a model cannot be a member of an ensemble,
   * and constraints choose from the relations of `predict`.
   */
  proposeInSteps?(tape: Tape, examples: readonly E[], options: ProposeOptions): ProposalSteps;
  /**
   * False if a part of the model takes no steps, so that the model decides some things by itself
   * and cannot be a member of an ensemble; defaults to true.
   */
  readonly joinsEnsembles?: boolean | undefined;
  /** The distribution over outputs; absent if the model cannot draw and score them. */
  readonly outputs?: OutputDistribution<E> | undefined;
}

/** Turns sentences into examples. */
export interface Encoder<E extends Example = Example> {
  /**
   * Encodes one sentence.
   *
   * @param omissions collects what the model cannot hold, such as overlapping entities and unknown
   *   labels
   */
  encode(sentence: Sentence, omissions?: Omission[]): E;
  /**
   * Returns the training examples of a model that does not train on the sentences one by one, for
   * example because it skips or shuffles pairs.
   */
  training?(sentences: readonly Sentence[], options: { readonly seed: number }, omissions: Omission[]): TrainingExamples<E>;
}

/** The examples that a pair classifier trains on, with counts of their pairs. */
export interface TrainingExamples<E extends Example = Example> {
  readonly examples: readonly E[];
  readonly pairs: PairCounts;
}

/** A model inside another model. Its parameters are named after both: `pipeline/tagger/…`. */
export interface ModelPart<Settings = unknown> {
  readonly name: "tagger" | "classifier";
  /** The name of the part's model in the catalogue, with that model's settings. */
  model(settings: Settings): { readonly name: string } & Readonly<Record<string, unknown>>;
  /** The protocol that chooses the part's best epoch; defaults to the model's own. */
  readonly select?: ProtocolName | undefined;
  /**
   * Whether the part learns from the previous part's predictions on the training sentences as well
   * as from their annotation; defaults to false.
   */
  learnsFromPredictions?(settings: Settings): boolean;
}

/** A kind of model: everything that shared code needs to configure, build and train one. */
export interface ModelDefinition<Settings = unknown, E extends Example = Example> {
  readonly name: string;
  /** The paper, as authors and year. */
  readonly paper: string;
  readonly settings: z.ZodObject<z.ZodRawShape, z.core.$strict> & z.ZodType<Settings>;
  readonly capabilities: Capabilities;
  /** What a saved model without a setting was trained with, where the default has changed since. */
  readonly formerDefaults?: Readonly<Record<string, unknown>> | undefined;
  /**
   * The protocols that suit the model's predictions best. The first one chooses the best epoch. By
   * default the protocols depend on whether entities have types.
   */
  protocols?(settings: Settings): readonly ProtocolName[] | undefined;
  /** The models it consists of, each trained separately, in this order; defaults to none. */
  readonly parts?: readonly ModelPart<Settings>[] | undefined;
  /** What the lexicon must hold in addition to words and labels; defaults to nothing. */
  needs?(settings: Settings): LexiconNeeds;
  build(settings: Settings, lexicon: Lexicon, scope: Scope): Model<E>;
  encoder(settings: Settings, lexicon: Lexicon): Encoder<E>;
}

/**
 * Type-checks a definition against its settings and examples, then erases both types so that all
 * models fit one catalogue.
 */
export function defineModel<Settings, E extends Example>(definition: ModelDefinition<Settings, E>): ModelDefinition {
  return definition;
}
