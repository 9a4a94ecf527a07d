import type { Model } from "../models/index.ts";
import { minimumRisk } from "./mrt.ts";
import { likelihood, type Objective } from "./objective.ts";
import type { ObjectiveSettings } from "./settings.ts";

/** @throws {ConfigError} SETTING_INVALID when the model lacks what the objective needs */
export function objectiveFor(settings: ObjectiveSettings, model: Model): Objective {
  return settings.name === "mrt" ? minimumRisk(model, settings) : likelihood(model);
}

export type { Objective } from "./objective.ts";
export { type ObjectiveSettings, objectiveSettings } from "./settings.ts";
