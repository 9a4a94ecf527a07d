import { WeftError } from "@weft-nlp/core";

/** Every error code of this package, with what it means; `docs/errors.md` holds the same list. */
export const batchErrorCodes = {
  SHARD_LOST: "a worker of a batch ended or stalled before it finished its shard",
  BATCH_INCOMPLETE: "a batch has shards that are not done",
  QUEUE_URL_INVALID: "this is not the address of a queue",
  QUEUE_CLIENT_MISSING: "the packages that a queue needs are not installed",
  QUEUE_UNREACHABLE: "the store of a queue does not answer, or refuses the connection",
  JOB_INVALID: "a queue holds something that this worker cannot do",
  TRAINING_LOST: "the workers that train a run end again and again",
  TRAININGS_FAILED: "some trainings of a queue failed in this worker",
} as const;

/** A key of `batchErrorCodes`. */
export type BatchErrorCode = keyof typeof batchErrorCodes;

/** A queue cannot be used. */
export class QueueError extends WeftError<BatchErrorCode> {}

/** A batch cannot be planned, run or read. */
export class BatchError extends WeftError<BatchErrorCode> {}
