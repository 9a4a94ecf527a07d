import { type ConstraintSettings, configuredConstraints, type DecodingConstraints } from "../constraints/index.ts";
import { models } from "../models/index.ts";
import type { Sentence } from "../schema/index.ts";
import type { TrainConfig } from "./config.ts";

/**
 * The constraints that the model of a configuration is built with; none if it finds no relations.
 */
export function constraintsFor(
  { constraints, model }: TrainConfig,
  train: readonly Sentence[],
): { readonly constraints?: DecodingConstraints } {
  if (models.get(model.name).capabilities.findsRelations === false) return {};
  const found = configuredConstraints(constraints, train);
  return found === undefined ? {} : { constraints: found };
}

/**
 * The same constraints as settings that learn nothing more, for the part of a model, whose training
 * sentences may hold predicted entities.
 */
export function settledConstraints(
  config: TrainConfig,
  train: readonly Sentence[],
): { readonly constraints?: ConstraintSettings | undefined } {
  const { constraints } = constraintsFor(config, train);
  return { constraints: constraints === undefined ? undefined : { ...constraints, learn: "off" } };
}
