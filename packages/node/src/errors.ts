import { type ErrorDetails, formatLocation, type Location } from "@weft-nlp/core";

/** Every error code of this package, with what it means; `docs/errors.md` holds the same list. */
export const weftErrorCodes = {
  FILE_MISSING: "a file or folder with this name does not exist",
  FILE_DENIED: "the system does not allow reading or writing here",
  FILE_IS_FOLDER: "a folder stands where a file is needed, or the other way round",
  FILE_TOO_LARGE: "a file is larger than what is read into memory at once",
  FILE_UNUSABLE: "the system could not read or write a file",
  DISK_FULL: "no space is left where a file is being written",
  GZIP_INVALID: "a compressed file is truncated or is not gzip",
  ENCODING_INVALID: "a text file is not UTF-8",
  FORMAT_UNKNOWN: "no annotation format fits a file, several do, or none has this name",
  DOCUMENT_MISSING: "a list names documents that the input does not hold",
  PACKAGE_MISSING: "an optional package that the work needs is not installed",
  RUN_EXISTS: "the folder for a new run holds one already",
  RUN_MISSING: "a folder holds no run that a training could go on with",
  RUN_FAILED: "of several runs, some failed, or were not begun because they start from one that did",
  OUTPUT_EXISTS: "a folder that is to be written holds files already",
  USAGE_INVALID: "a command, an option or its value does not exist",
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
  WORKER_LOST: "a worker thread ended before its work was done",
  WORKERS_BROKEN:
    "worker threads of a model ended time and again, and it does nothing more; a server tries it again after a pause",
  STOPPING: "the server is about to stop and takes nothing new",
} as const;

export type WeftErrorCode = keyof typeof weftErrorCodes;

/** What this package throws on purpose; the fields are those of `WeftError`. `message` is complete: place, sentence and code. */
export class ToolError extends Error {
  readonly code: WeftErrorCode;
  readonly at: Location | undefined;
  readonly hint: string | undefined;
  /** The sentence alone, without place and code. */
  readonly summary: string;

  constructor(code: WeftErrorCode, details: ErrorDetails) {
    super(`${formatLocation(details.at)}${details.message} (${code})`, { cause: details.cause });
    this.name = new.target.name;
    this.code = code;
    this.at = details.at;
    this.hint = details.hint;
    this.summary = details.message;
  }
}

/** A file or folder cannot be read or written. */
export class FileError extends ToolError {}

/** The command was called in a way it does not know. */
export class UsageError extends ToolError {
  constructor(message: string, hint?: string, options: { readonly cause?: unknown } = {}) {
    super("USAGE_INVALID", { message, hint, cause: options.cause });
  }
}

/** A thread that works for this one is no more. */
export class WorkerError extends ToolError {}

/** A request to the server that cannot be answered as it stands; the code decides on the HTTP status. */
export class RequestError extends ToolError {
  /** Milliseconds after which the same request may go through, where that is known. */
  readonly retryMs: number | undefined;

  constructor(code: WeftErrorCode, details: ErrorDetails & { readonly retryMs?: number | undefined }) {
    super(code, details);
    this.retryMs = details.retryMs;
  }
}
