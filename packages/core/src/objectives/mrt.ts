import type { Tape } from "@weft-nlp/tensor";
import { ConfigError } from "../errors.ts";
import type { Example, Losses, LossOptions, Model } from "../models/index.ts";
import { type MrtSettings, mrtSettings } from "./mrt-settings.ts";
import { defineObjective, type GradientShare, type Objective } from "./objective.ts";
import { costOf, expectedRisk } from "./risk.ts";

/**
 * Minimum risk training (Sun et al. 2018, algorithm 1 and eq. 6): the model's own losses plus the
 * expected loss over a set of sampled outputs, with equal weight (§3.4).
 *
 * Outputs are drawn without dropout and scored with it, as in the released code.
 *
 * @throws {ConfigError} SETTING_INVALID if the model has no output distribution
 */
function minimumRisk(model: Model, settings: MrtSettings): Objective {
  const { outputs: distribution } = model;
  if (distribution === undefined) {
    throw new ConfigError("SETTING_INVALID", {
      at: { path: "objective.name" },
      message: "this model cannot draw outputs, which minimum risk training needs",
      hint: "set objective.name to likelihood",
    });
  }
  /** @param only the share that gets a gradient; defaults to both */
  const pass = (tape: Tape, examples: readonly Example[], options: LossOptions, only?: GradientShare): Losses => {
    const own = only === "added" ? { ...options, factor: 0 } : options;
    const outputs = distribution.sample(tape.quiet(), examples, { ...settings, random: options.random });
    const scores = distribution.logProb(tape, examples, outputs, own);
    const risks = outputs.map((set, s) => {
      const example = examples[s] as (typeof examples)[number];
      const gold = distribution.goldOf(example);
      const costs = Float64Array.from(set, ({ prediction }) => costOf(gold, prediction, example.length, settings));
      const [entities, relations] = [scores.entities[s] as Float64Array, scores.relations[s] as Float64Array];
      return expectedRisk({ entities, relations, costs }, settings);
    });
    const scaled = (factors: Float64Array): Float64Array => factors.map((value) => value * options.factor);
    if (tape.recording && only !== "own") {
      scores.addGradient(
        risks.map(({ entityFactors }) => scaled(entityFactors)),
        risks.map(({ relationFactors }) => scaled(relationFactors)),
      );
    }
    return { ...scores.losses, risk: risks.reduce((sum, { risk }) => sum + risk, 0) };
  };
  return {
    loss: (tape, examples, options) => pass(tape, examples, options),
    shareOf: (share, tape, examples, options) => pass(tape, examples, options, share),
  };
}

/** Minimum risk training as an objective, for every model with an output distribution. */
export const mrt = defineObjective<MrtSettings>({ name: "mrt", settings: mrtSettings, bind: minimumRisk });
