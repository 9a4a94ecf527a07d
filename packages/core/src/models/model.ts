import type { Parameter, Random, Tape } from "@weft/tensor";
import type { z } from "zod";
import type { Lexicon } from "../data/lexicon.ts";
import type { Prediction } from "../metrics/index.ts";
import type { Scope } from "../nn/index.ts";
import type { Loss as DataLoss, Sentence } from "../schema/index.ts";

/** What a model can do beyond learning from sentences; shared code asks these, never a model's name. */
export interface Capabilities {
  /** True for classifiers of pairs whose entities must be given. */
  readonly needsGoldEntities: boolean;
}

/** Losses of some sentences by name, summed, not averaged. */
export type Losses = Readonly<Record<string, number>>;

export interface LossOptions {
  /** Factor of the summed loss in the objective, usually 1 / sentences of the batch. */
  readonly factor: number;
  /** Randomness of this chunk, apart from dropout masks. */
  readonly random: Random;
}

export interface PredictOptions {
  /** The probability from which a relation counts: one for all types, or one for each. */
  readonly threshold: number | Readonly<Record<string, number>>;
}

/** A sentence as a model reads it. Plain values and typed arrays only, so that it can be sent to another thread. */
export interface Example {
  /** Tokens, for sorting and cutting into chunks. */
  readonly length: number;
}

/** A network with its parameters. */
export interface Model<E extends Example = Example> {
  /** The table of word embeddings [V, D], which word vectors may fill. */
  readonly wordTable: Parameter;
  /** Adds the gradient of factor · Σ loss to the tape's buffers and returns the losses. */
  loss(tape: Tape, examples: readonly E[], options: LossOptions): Losses;
  predict(tape: Tape, examples: readonly E[], options: PredictOptions): Prediction[];
}

/** Turns sentences into examples. What the model cannot hold (overlapping entities, unknown labels) is added to `losses`. */
export interface Encoder<E extends Example = Example> {
  encode(sentence: Sentence, losses?: DataLoss[]): E;
}

/** Everything shared code knows about a kind of model. */
export interface ModelDefinition<Settings = unknown, E extends Example = Example> {
  readonly name: string;
  /** The paper, in the short form authors and year. */
  readonly paper: string;
  readonly settings: z.ZodObject<z.ZodRawShape, z.core.$strict> & z.ZodType<Settings>;
  readonly capabilities: Capabilities;
  build(settings: Settings, lexicon: Lexicon, scope: Scope): Model<E>;
  encoder(settings: Settings, lexicon: Lexicon): Encoder<E>;
}

/** Checks a definition against its own types and forgets them, so that models of all kinds fit one catalogue. */
export function defineModel<Settings, E extends Example>(definition: ModelDefinition<Settings, E>): ModelDefinition {
  return definition as ModelDefinition;
}
