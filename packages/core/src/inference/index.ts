export {
  attachModel,
  type BuildOptions,
  type BuiltModel,
  buildModel,
  type ModelDescription,
  type SharedModel,
  shareModel,
} from "./built-model.ts";
export type { Calibration } from "./calibrated.ts";
export * from "./extract.ts";
export * from "./merge-models.ts";
export * from "./model-file-names.ts";
export * from "./model-files.ts";
export * from "./prediction-chunks.ts";
export * from "./predictor.ts";
export { recalibrate, reconstrain, resettle } from "./recalibrate.ts";
export * from "./weights.ts";
export { defaultOverlap, defaultWindow, type WindowOptions, windowSettings, windowsOf } from "./windows.ts";
