export { type CurveReport, curveReport, curveRunName, curveTable, curveWords, writeCurveReport } from "./curve-report.ts";
export { cvReport, cvTable, foldSelectionWords, writeCvReport } from "./cv-report.ts";
export { experimentRuns, readExperimentPlan, writePlannedFolds } from "./experiment-plan.ts";
export { experimentNote, experimentReport, experimentTable, writeExperimentReport } from "./experiment-report.ts";
export { gridPoints, parseAxis } from "./grid.ts";
export { type PlanPart, runsOfPart } from "./plan-part.ts";
export {
  type ExecuteOptions,
  type ExecuteRun,
  executeRun,
  isFinished,
  type PlannedRun,
  type RunOutcome,
  type RunProgress,
} from "./planned-run.ts";
export { points } from "./rates-text.ts";
export { deviationWords, protocolNotes, repeatReport, repeatTable, selectionWords, writeRepeatReport } from "./repeat-report.ts";
export { executeInWorker } from "./run-in-worker.ts";
export { type ManyRunsEvent, type RunManyOptions, runMany } from "./run-many.ts";
export { runProvenance } from "./run-provenance.ts";
export { type SweepReport, sweepReport, sweepSelectionWords } from "./sweep-report.ts";
export { writeFolds } from "./write-folds.ts";
export { type SubsetFile, writeSubsets } from "./write-subsets.ts";
export { bestTable, sweepTable, writeSweepReport } from "./write-sweep-report.ts";
