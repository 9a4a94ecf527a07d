import { WeftError } from "@weft-nlp/core";

/** Every error code of this package, with what it means; `docs/errors.md` holds the same list. */
export const batchErrorCodes = {
  PLAN_MISSING: "a folder holds no plan of a batch",
  PLAN_INVALID: "a plan of a batch, or a record of its manifest, is damaged or of another version",
  PLAN_MISMATCH: "an input or the model differs from the one that was planned",
  INPUT_UNPLANNABLE: "an input of a batch is not text with a document per line or paragraph, nor JSONL",
  SHARD_LOST: "a worker of a batch ended or stalled before it finished its shard",
  WORKERS_LOST: "workers of a batch keep ending, whichever shard they are doing",
  BATCH_INCOMPLETE: "a batch has shards that are not done",
  BATCH_DAMAGED: "parts of a batch are missing, or differ from what was committed",
  RECORD_FATAL: "a record crashed or stalled every worker that read it",
  QUEUE_URL_INVALID: "an address is not that of a queue",
  QUEUE_CLIENT_MISSING: "the packages that a queue needs are not installed",
  QUEUE_UNREACHABLE: "the store of a queue does not answer, or refuses the connection",
  JOB_INVALID: "a queue holds a job that this worker cannot do",
  TRAINING_LOST: "the workers that train a run keep ending",
  TRAININGS_FAILED: "some training runs of a queue failed in this worker",
} as const;

/** A key of `batchErrorCodes`. */
export type BatchErrorCode = keyof typeof batchErrorCodes;

/** A queue cannot be used. */
export class QueueError extends WeftError<BatchErrorCode> {}

/** A batch cannot be planned, run or read. */
export class BatchError extends WeftError<BatchErrorCode> {}
