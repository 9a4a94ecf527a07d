export { type CollectOptions, collectBatch } from "./collect.ts";
export { Batch, type RunOptions } from "./open-batch.ts";
export { BatchReader, type BatchStatus } from "./read-batch.ts";
export { type ReduceOptions, reduceBatch } from "./reduce.ts";
export { type Damage, type Verification, type VerifyOptions, verifyBatch } from "./verify.ts";
