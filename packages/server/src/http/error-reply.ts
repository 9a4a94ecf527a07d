import type { ErrorAnswer } from "@weft-nlp/api";
import { ArchiveError, WeftError } from "@weft-nlp/core";
import { type NodeErrorCode, nodeErrorCodes, WorkerError } from "@weft-nlp/node";
import { tensorErrorCodes } from "@weft-nlp/tensor";
import { RequestError, type ServerErrorCode } from "../errors.ts";

export interface ErrorReply {
  readonly status: number;
  readonly body: ErrorAnswer;
  /** Seconds to suggest for a retry if nothing better is known. */
  readonly retryAfter?: number | undefined;
}

/** The statuses of errors other than 400. */
export const statuses: Partial<Record<NodeErrorCode | ServerErrorCode, number>> & Readonly<Record<string, number>> = {
  REQUEST_TOO_LARGE: 413,
  REQUEST_TOO_SLOW: 408,
  BODY_TYPE_UNKNOWN: 415,
  ROUTE_UNKNOWN: 404,
  METHOD_UNKNOWN: 405,
  MODEL_UNKNOWN: 404,
  RUN_UNKNOWN: 404,
  RUN_IN_USE: 409,
  RUN_NAME_TAKEN: 409,
  DATA_UNKNOWN: 404,
  CORRECTIONS_UNKNOWN: 404,
  CORRECTIONS_EXIST: 409,
  CORRECTION_CONFLICT: 412,
  TRAINING_RUNNING: 409,
  TOKEN_INVALID: 401,
  NOT_ALLOWED: 403,
  RATE_EXCEEDED: 429,
  OVERLOADED: 503,
  DEADLINE_PASSED: 504,
  CLIENT_GONE: 499,
  WORKER_LOST: 500,
  WORKERS_BROKEN: 503,
  STOPPING: 503,
  FILE_MISSING: 404,
  FILE_DENIED: 500,
  FILE_UNUSABLE: 500,
  DISK_FULL: 507,
};

/**
 * The answer to an error. The message of a foreign error is withheld: it may hold paths or texts.
 */
export function errorReply(error: unknown): ErrorReply {
  // Errors of the tensor engine are defects that a client can do nothing about.
  if (error instanceof WeftError && !Object.hasOwn(tensorErrorCodes, error.code)) {
    const { code, at, hint } = error;
    // The reason why a thread ended may hold paths of this machine, so only the log has it.
    const message = error instanceof WorkerError ? nodeErrorCodes[error.code] : error.summary;
    const status = statuses[error.code] ?? (error instanceof ArchiveError ? 500 : 400);
    const retryMs = error instanceof RequestError ? error.retryMs : undefined;
    const retryAfter = status === 503 || status === 429 ? Math.max(1, Math.ceil((retryMs ?? 0) / 1000)) : undefined;
    return { status, body: { error: { code, message, hint, at } }, retryAfter };
  }
  const known = foreignErrors[codeOf(error)];
  if (known !== undefined) return errorReply(known());
  return {
    status: 500,
    body: {
      error: {
        code: "INTERNAL",
        message: "internal error",
        hint: "this is a defect in Weft; the server's log has it under the request's id",
      },
    },
  };
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

/**
 * Errors of the framework, raised before a handler runs, and of the engine in a worker thread, in
 * words for clients.
 */
const foreignErrors: Readonly<Record<string, () => RequestError>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () =>
    new RequestError("BODY_TYPE_UNKNOWN", {
      at: { path: "content-type" },
      message: "the server does not read bodies of this content type",
      hint:
        "send application/json, or application/x-ndjson for a stream of texts; curl -d needs -H 'content-type: application/json', " +
        "or --json in place of -d",
    }),
  FST_ERR_CTP_BODY_TOO_LARGE: () =>
    new RequestError("REQUEST_TOO_LARGE", {
      message: "the body is too large",
      hint: "send fewer texts at once, or stream them as application/x-ndjson",
    }),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () =>
    new RequestError("REQUEST_INVALID", {
      at: { path: "content-length" },
      message: "the length of the body differs from Content-Length",
    }),
  MEMORY_EXHAUSTED: () =>
    new RequestError("REQUEST_TOO_LARGE", {
      message: "a sentence of this request does not fit into the model's memory",
      hint: "send shorter sentences, or fewer entities in a sentence",
    }),
  FST_ERR_BAD_URL: () => new RequestError("REQUEST_INVALID", { at: { path: "url" }, message: "the path cannot be decoded" }),
  FST_ERR_MAX_PARAM_LENGTH: () =>
    new RequestError("REQUEST_INVALID", { at: { path: "url" }, message: "a part of the path is too long" }),
};
