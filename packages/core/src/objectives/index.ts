import * as z from "zod";
import { Catalogue } from "../catalogue.ts";
import type { Model } from "../models/index.ts";
import { mrt } from "./mrt.ts";
import { likelihood, type Objective, type ObjectiveDefinition } from "./objective.ts";

/** Every objective there is, ours and registered ones. */
export const objectives = new Catalogue<ObjectiveDefinition>("objective", [likelihood, mrt]);

/** The section `objective` of a configuration: which one, and its own settings. */
export type ObjectiveSettings = { readonly name: string } & Readonly<Record<string, unknown>>;

/** The schema of the section, with the objectives that are registered by now. */
export function objectiveSettings(): z.ZodType<ObjectiveSettings> {
  const choices = [...objectives].map(({ name, settings }) => settings.extend({ name: z.literal(name) }));
  return z.discriminatedUnion("name", choices as never);
}

/** @throws {ConfigError} SETTING_INVALID when the model lacks what the objective needs */
export function objectiveFor({ name, ...settings }: ObjectiveSettings, model: Model): Objective {
  return objectives.get(name).bind(model, settings);
}

export { mrt } from "./mrt.ts";
export { type MrtSettings, mrtSettings } from "./mrt-settings.ts";
export { defineObjective, likelihood, type Objective, type ObjectiveDefinition } from "./objective.ts";
