import type { Thresholds } from "../metrics/index.ts";
import type { BuiltModel } from "./built-model.ts";
import { type Calibration, calibratedModel } from "./calibrated.ts";

/**
 * Returns the same network with another threshold, and with another calibration or none. The
 * weights are shared, not copied.
 */
export function recalibrate(built: BuiltModel, threshold: Thresholds, calibration: Calibration | undefined): BuiltModel {
  const { calibration: _before, ...description } = built.description;
  return {
    ...built,
    description: { ...description, threshold, ...(calibration === undefined ? {} : { calibration }) },
    model: calibration === undefined ? built.network : calibratedModel(built.network, calibration.scaling),
  };
}
