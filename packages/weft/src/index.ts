/** The whole library under the name that people install: the toolkit, and what only Node can do with it. */
export * from "@weft/core";
export * from "./errors.ts";
export { readConfig } from "./files/config-file.ts";
export { collectSentences, readDocuments, readSentences } from "./files/read-documents.ts";
export { readInput } from "./files/read-inputs.ts";
export { writeDocuments } from "./files/write-documents.ts";
export { type CalibrateOptions, type CalibrationReport, calibrateModel, rawModel } from "./runs/calibrate-model.ts";
export { evaluateModel, predictSentences } from "./runs/evaluate-model.ts";
export { Extractor } from "./runs/extractor.ts";
export { type ComputeOptions, loadModel, saveModel } from "./runs/model-folder.ts";
export { modelIdentity } from "./runs/model-identity.ts";
export type { PlannedRun, RunOutcome, RunProgress } from "./runs/planned-run.ts";
export { resolvePaths } from "./runs/resolve-paths.ts";
export { type ManyRunsEvent, type RunManyOptions, runMany } from "./runs/run-many.ts";
export { saveCalibration } from "./runs/save-calibration.ts";
export { type DoneEvent, type RunEvent, type TrainRunInput, trainRun } from "./runs/train-run.ts";
export {
  openTriples,
  type TripleFormatName,
  type TripleOutput,
  tripleFormatOf,
  tripleFormats,
  writeTriples,
} from "./triples/index.ts";
export { threadExecutor } from "./workers/thread-executor.ts";
