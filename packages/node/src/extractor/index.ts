export { type CalibrateOptions, type CalibrationReport, calibrateModel, type Decisions, rawModel } from "./calibrate-model.ts";
export { defaultProtocols, evaluateModel, predictSentences } from "./evaluate-model.ts";
export { Extractor } from "./extractor.ts";
export { type MergeData, type MergeOptions, type MergeResult, type MergeScores, mergeRuns } from "./merge-runs.ts";
export { isModelFolder, readConstraints, saveConstraints, withSettings } from "./model-constraints.ts";
export { type ComputeOptions, loadModel, modelStamp, saveModel, threadCount } from "./model-folder.ts";
export { modelIdentity } from "./model-identity.ts";
export { calibrationFiles, saveCalibration, saveReset, scalingWords, thresholdWords } from "./save-calibration.ts";
