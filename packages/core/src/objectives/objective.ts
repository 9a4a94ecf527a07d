import type { Tape } from "@weft-nlp/tensor";
import * as z from "zod";
import type { Example, Losses, LossOptions, Model } from "../models/index.ts";

/** The function that training minimises, bound to one model whose capabilities it has checked. */
export interface Objective {
  /**
   * Adds the gradient of factor · Σ loss to the tape's buffers and returns the losses by name,
   * summed over the sentences.
   */
  loss(tape: Tape, examples: readonly Example[], options: LossOptions): Losses;
  /**
   * As `loss`, but with the gradient of one share alone, for the measure of one against the other.
   * An objective that adds nothing to the model's own losses has none.
   */
  shareOf?(share: GradientShare, tape: Tape, examples: readonly Example[], options: LossOptions): Losses;
}

/** The gradient of the model's own losses, or of what the objective adds to them. */
export type GradientShare = "own" | "added";

/** A kind of objective: its settings, and how it is bound to a model. */
export interface ObjectiveDefinition<Settings = unknown> {
  readonly name: string;
  readonly settings: z.ZodObject<z.ZodRawShape, z.core.$strict> & z.ZodType<Settings>;
  /** @throws {ConfigError} SETTING_INVALID if the model lacks what the objective needs */
  bind(model: Model, settings: Settings): Objective;
}

/**
 * Type-checks a definition against its settings, then erases their type so that all objectives fit
 * one catalogue.
 */
export function defineObjective<Settings>(definition: ObjectiveDefinition<Settings>): ObjectiveDefinition {
  return definition;
}

/** The model's own losses: the negative log-likelihood of the gold annotation. */
export const likelihood = defineObjective({
  name: "likelihood",
  settings: z.strictObject({}),
  bind: (model) => model,
});
