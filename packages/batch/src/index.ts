export {
  Batch,
  BatchReader,
  type BatchStatus,
  type CollectOptions,
  collectBatch,
  type Damage,
  type ReduceOptions,
  type RunOptions,
  reduceBatch,
  type Verification,
  type VerifyOptions,
  verifyBatch,
} from "./batch/index.ts";
export {
  type ArrayEnvironment,
  type ArrayPart,
  arrayPart,
  type LocalDriverOptions,
  localDriver,
  type QueueDriverOptions,
  queueDriver,
} from "./drivers/index.ts";
export * from "./errors.ts";
export { makePlan, outputNames, type PlanInput } from "./plan/index.ts";
export { type ReduceInput, type Reduction, reduceTriples } from "./reduce/index.ts";
export { DirectoryStore, type Store } from "./store/index.ts";
export type {
  BatchJob,
  BatchOptions,
  Checksum,
  Driver,
  LossDecision,
  ManifestRecord,
  Plan,
  PlannedInput,
  Shard,
  ShardProgress,
  ShardRunner,
  SplitRecord,
} from "./types.ts";
