import { WeftError } from "@weft-nlp/core";

/** Every error code of this package, with what it means; `docs/errors.md` holds the same list. */
export const batchErrorCodes = {
  QUEUE_URL_INVALID: "this is not the address of a queue",
  QUEUE_CLIENT_MISSING: "the packages that a queue needs are not installed",
  QUEUE_UNREACHABLE: "the store of a queue does not answer, or refuses the connection",
} as const;

/** A key of `batchErrorCodes`. */
export type BatchErrorCode = keyof typeof batchErrorCodes;

/** A queue cannot be used. */
export class QueueError extends WeftError<BatchErrorCode> {}
