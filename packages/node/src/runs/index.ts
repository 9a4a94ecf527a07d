export type { SavedEvent } from "./best-so-far.ts";
export { eventOf, type LoggedEvent, loggedForm } from "./event-log.ts";
export { followEvents, GrowingFile } from "./follow-events.ts";
export { resolvePaths, shortPath } from "./resolve-paths.ts";
export { breakForeignLock } from "./run-lock.ts";
export { type EpochProgress, RunProgress } from "./run-progress.ts";
export { type RunState, readRunState } from "./run-state.ts";
export {
  type DoneEvent,
  type RepairedEvent,
  type RunEvent,
  type TrainRunInput,
  trainRun,
  type VectorsEvent,
} from "./train-run.ts";
export { vectorsLines } from "./vectors-words.ts";
export { writeReport } from "./write-report.ts";
