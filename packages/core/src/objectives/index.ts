import * as z from "zod";
import { Catalogue } from "../catalogue.ts";
import type { Model } from "../models/index.ts";
import { mrt } from "./mrt.ts";
import { likelihood, type Objective, type ObjectiveDefinition } from "./objective.ts";

/** The catalogue of objectives, built-in and registered. */
export const objectives = new Catalogue<ObjectiveDefinition>("objective", [likelihood, mrt]);

/** The section `objective` of a configuration: the name of an objective, with its settings. */
export type ObjectiveSettings = { readonly name: string } & Readonly<Record<string, unknown>>;

/** The schema of the section `objective`, with all objectives registered so far. */
export function objectiveSettings(): z.ZodType<ObjectiveSettings> {
  const choices = [...objectives].map(({ name, settings }) => settings.extend({ name: z.literal(name) }));
  return z.discriminatedUnion("name", choices as never);
}

/**
 * Binds the configured objective to a model.
 *
 * @throws {ConfigError} SETTING_INVALID if the model lacks what the objective needs
 */
export function objectiveFor({ name, ...settings }: ObjectiveSettings, model: Model): Objective {
  return objectives.get(name).bind(model, settings);
}

export { mrt } from "./mrt.ts";
export { type MrtSettings, mrtSettings } from "./mrt-settings.ts";
export {
  defineObjective,
  type GradientShare,
  likelihood,
  type Objective,
  type ObjectiveDefinition,
} from "./objective.ts";
