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
