export * from "./errors.ts";
export {
  type ManyRunsEvent,
  type PlannedRun,
  type RunManyOptions,
  type RunOutcome,
  type RunProgress,
  runMany,
} from "./experiments/index.ts";
export {
  type CalibrateOptions,
  type CalibrationReport,
  type ComputeOptions,
  calibrateModel,
  Extractor,
  evaluateModel,
  loadModel,
  type MergeData,
  type MergeOptions,
  type MergeResult,
  type MergeScores,
  mergeRuns,
  modelIdentity,
  predictSentences,
  rawModel,
  saveCalibration,
  saveModel,
} from "./extractor/index.ts";
export { collectSentences, readConfig, readDocuments, readInput, readSentences, writeDocuments } from "./files/index.ts";
export { loadPlugins } from "./plugins/index.ts";
export { type DoneEvent, type RunEvent, resolvePaths, type TrainRunInput, trainRun } from "./runs/index.ts";
export {
  openTriples,
  type TripleFormatName,
  type TripleOutput,
  tripleFormatOf,
  tripleFormats,
  writeTriples,
} from "./triples/index.ts";
export { threadExecutor } from "./workers/index.ts";
