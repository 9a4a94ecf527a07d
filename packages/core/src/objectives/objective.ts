import type { Tape } from "@weft-nlp/tensor";
import * as z from "zod";
import type { Example, Losses, LossOptions, Model } from "../models/index.ts";

/** What training makes small. Bound to one model, whose capabilities it has asked for. */
export interface Objective {
  /**
   * Adds the gradient of factor · Σ loss to the tape's buffers and returns the losses by name,
   * summed over the sentences.
   */
  loss(tape: Tape, examples: readonly Example[], options: LossOptions): Losses;
}

/** A kind of objective: what can be set, and how it is bound to a model. */
export interface ObjectiveDefinition<Settings = unknown> {
  readonly name: string;
  readonly settings: z.ZodObject<z.ZodRawShape, z.core.$strict> & z.ZodType<Settings>;
  /** @throws {ConfigError} SETTING_INVALID when the model lacks what the objective needs */
  bind(model: Model, settings: Settings): Objective;
}

/**
 * Checks a definition against its own settings and forgets them, so that objectives of all kinds
 * fit one catalogue.
 */
export function defineObjective<Settings>(definition: ObjectiveDefinition<Settings>): ObjectiveDefinition {
  return definition;
}

/** The model's own losses: the likelihood of the gold annotation, part by part. */
export const likelihood = defineObjective({
  name: "likelihood",
  settings: z.strictObject({}),
  bind: (model) => model,
});
