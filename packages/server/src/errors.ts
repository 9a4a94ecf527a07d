import { type ErrorDetails, WeftError } from "@weft-nlp/core";

/** Every error code of this package and its meaning; `docs/errors.md` holds the same list. */
export const serverErrorCodes = {
  REQUEST_INVALID: "a request is malformed, or has an unknown field or a wrong value",
  REQUEST_TOO_LARGE: "a request exceeds one of the server's limits",
  REQUEST_TOO_SLOW: "a request did not arrive in time",
  BODY_TYPE_UNKNOWN: "the server does not read bodies of this content type or encoding",
  ROUTE_UNKNOWN: "the server has no such path",
  METHOD_UNKNOWN: "the server does not accept this method on this path",
  MODEL_UNKNOWN: "the server has no model with this name",
  RUN_UNKNOWN: "the server has no run with this name, or the run has no model yet",
  RUN_IN_USE: "a run is training, or its model is being served",
  RUN_NAME_TAKEN: "the runs folder already has a run or another folder with this name",
  DATA_UNKNOWN: "the server has no annotated file with this name",
  CORRECTIONS_UNKNOWN: "the server has no correction project with this name, or the project has no such sentence",
  CORRECTIONS_EXIST: "a correction project with this name already exists",
  CORRECTION_CONFLICT: "a sentence or project has changed since the client read it",
  TRAINING_RUNNING: "a training run is in progress, and the server allows one at a time",
  TOKEN_INVALID: "the server requires a bearer token, and the request has none or a wrong one",
  NOT_ALLOWED: "the server does not allow this, or was started without the option for it",
  RATE_EXCEEDED: "a client exceeds the server's request rate",
  OVERLOADED: "the server is too busy to finish the request in time",
  DEADLINE_PASSED: "a request was not answered within its deadline",
  CLIENT_GONE: "the client disconnected before its answer",
  STOPPING: "the server is stopping and refuses new requests",
} as const;

/** A key of `serverErrorCodes`. */
export type ServerErrorCode = keyof typeof serverErrorCodes;

/** A request that the server refuses. The code decides the HTTP status. */
export class RequestError extends WeftError<ServerErrorCode | "WORKERS_BROKEN"> {
  /** Milliseconds after which the same request may succeed, if known. */
  readonly retryMs: number | undefined;

  constructor(code: ServerErrorCode | "WORKERS_BROKEN", details: ErrorDetails & { readonly retryMs?: number | undefined }) {
    super(code, details);
    this.retryMs = details.retryMs;
  }
}
