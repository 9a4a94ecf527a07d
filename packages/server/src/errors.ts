import { type ErrorDetails, WeftError } from "@weft-nlp/core";

/** Every error code of this package, with what it means; `docs/errors.md` holds the same list. */
export const serverErrorCodes = {
  REQUEST_INVALID: "a request to the server is malformed, or has a field of the wrong name or value",
  REQUEST_TOO_LARGE: "a request to the server is longer than the server takes",
  REQUEST_TOO_SLOW: "a request to the server did not arrive in time",
  BODY_TYPE_UNKNOWN: "a request's body is of a type or an encoding that the server does not read",
  ROUTE_UNKNOWN: "the server has nothing under this path, or not for this method",
  MODEL_UNKNOWN: "the server has no model of this name",
  RUN_UNKNOWN: "the server's folder of runs holds none of this name, or the run has no model yet",
  DATA_UNKNOWN: "the server shows no annotated file of this name",
  CORRECTIONS_UNKNOWN: "the server has no correction project of this name, or the project has no such sentence",
  CORRECTIONS_EXIST: "there is a correction project of this name already",
  CORRECTION_CONFLICT: "somebody else has changed a sentence, or a project, since it was read",
  TRAINING_RUNNING: "the server trains one model at a time, and does so now",
  TOKEN_INVALID: "the server asks for a bearer token, and the request has none or a wrong one",
  NOT_ALLOWED: "the server does not do this for this client, or was started without it",
  RATE_EXCEEDED: "a client sends more requests than the server takes from one",
  OVERLOADED: "the server has more to do than it can finish in time",
  DEADLINE_PASSED: "a request was not answered within its deadline",
  CLIENT_GONE: "the client left before its answer",
  STOPPING: "the server is about to stop and takes nothing new",
} as const;

/** A key of `serverErrorCodes`. */
export type ServerErrorCode = keyof typeof serverErrorCodes;

/**
 * A request to the server that cannot be answered as it stands. The code decides on the HTTP
 * status.
 */
export class RequestError extends WeftError<ServerErrorCode | "WORKERS_BROKEN"> {
  /** Milliseconds after which the same request may go through, where that is known. */
  readonly retryMs: number | undefined;

  constructor(code: ServerErrorCode | "WORKERS_BROKEN", details: ErrorDetails & { readonly retryMs?: number | undefined }) {
    super(code, details);
    this.retryMs = details.retryMs;
  }
}
