import { ParameterStore } from "@weft-nlp/tensor";
import type { DecodingConstraints } from "../constraints/index.ts";
import type { Thresholds } from "../metrics/index.ts";
import { assemble, type BuiltModel, decidingModel } from "./built-model.ts";
import type { Calibration } from "./calibrated.ts";

/**
 * Returns the same network with another threshold, and with another calibration or none. The
 * weights are shared, not copied.
 */
export function recalibrate(built: BuiltModel, threshold: Thresholds, calibration: Calibration | undefined): BuiltModel {
  const { calibration: _before, ...rest } = built.description;
  const description = { ...rest, threshold, ...(calibration === undefined ? {} : { calibration }) };
  return { ...built, description, model: decidingModel(built.network, description) };
}

/**
 * Returns the same network with other constraints, or with none. The weights are shared, not
 * copied.
 *
 * @throws {ConfigError} SETTING_INVALID if they name labels that the model does not have
 */
export function reconstrain(built: BuiltModel, constraints: DecodingConstraints | undefined): BuiltModel {
  const { constraints: _before, ...rest } = built.description;
  const description = { ...rest, ...(constraints === undefined ? {} : { constraints }) };
  return { ...built, description, model: decidingModel(built.network, description) };
}

/**
 * Returns the same weights in a network with other settings, which must need the same parameters.
 *
 * @param settings complete settings of the model
 */
export function resettle(built: BuiltModel, settings: Readonly<Record<string, unknown>>): BuiltModel {
  const { description, engine, store } = built;
  return assemble({ ...description, settings }, engine, new ParameterStore(engine.heap, { layout: store.layout }));
}
