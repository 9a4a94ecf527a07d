import { WeftError } from "@weft-nlp/core";

/** Every error code of this package, with what it means; `docs/errors.md` holds the same list. */
export const nodeErrorCodes = {
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
  WORKER_LOST: "a worker thread ended before its work was done",
  WORKERS_BROKEN:
    "worker threads of a model ended time and again, and it does nothing more; a server tries it again after a pause",
} as const;

export type NodeErrorCode = keyof typeof nodeErrorCodes;

/** A file or folder cannot be read or written. */
export class FileError extends WeftError<NodeErrorCode> {}

/** Of several runs, some failed. */
export class RunError extends WeftError<NodeErrorCode> {}

/** A command or a function was called in a way that it does not know. */
export class UsageError extends WeftError<NodeErrorCode> {
  constructor(message: string, hint?: string, options: { readonly cause?: unknown } = {}) {
    super("USAGE_INVALID", { message, hint, cause: options.cause });
  }
}

/** A worker thread ended before its work was done. */
export class WorkerError extends WeftError<NodeErrorCode> {}
