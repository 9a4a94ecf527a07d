import type { Tape } from "@weft-nlp/tensor";
import type { Example, Losses, LossOptions, Model } from "../models/index.ts";

/** What training makes small. Bound to one model, whose capabilities it has asked for. */
export interface Objective {
  /** Adds the gradient of factor · Σ loss to the tape's buffers and returns the losses by name, summed over the sentences. */
  loss(tape: Tape, examples: readonly Example[], options: LossOptions): Losses;
}

/** The model's own losses: the likelihood of the gold annotation, part by part. */
export function likelihood(model: Model): Objective {
  return model;
}
