import { WeftError } from "@weft-nlp/core";

/** Every error code of this package, with what it means; `docs/errors.md` holds the same list. */
export const nodeErrorCodes = {
  FILE_MISSING: "a file or folder with this name does not exist",
  FILE_DENIED: "the system does not allow reading or writing here",
  FILE_IS_FOLDER: "expected a file but found a folder, or the other way round",
  FILE_TOO_LARGE: "a file is too large to read into memory at once",
  FILE_UNUSABLE: "the operating system could not read or write a file",
  DISK_FULL: "no space is left where a file is being written",
  GZIP_INVALID: "a compressed file is truncated or is not gzip",
  ENCODING_INVALID: "a text file is not UTF-8",
  PDF_INVALID: "a PDF file is damaged or needs a password",
  FORMAT_UNKNOWN: "no annotation format fits a file, several fit it, or no format has this name",
  DOCUMENT_MISSING: "a list names documents that are not in the input",
  PACKAGE_MISSING: "an optional package that the work needs is not installed",
  ENCODER_MISSING: "a pretrained encoder is neither in the cache nor next to its model",
  DOWNLOAD_FAILED: "a file cannot be fetched: the server has none, refuses it or cannot be reached",
  CHECKSUM_MISMATCH: "a file is not the one that was expected: its SHA-256 differs",
  RUN_EXISTS: "the folder for a new run already holds one",
  RUN_MISSING: "there is no run in the folder to resume",
  RUN_FAILED: "some runs failed, or did not start because a run they depend on failed",
  OUTPUT_EXISTS: "a file or folder to be written already exists, or the folder is not empty",
  USAGE_INVALID: "a command, an option or its value does not exist",
  FILE_IN_USE: "another process writes into this run or this output",
  RESUME_MISMATCH: "an input, an option or the model differs from those of the extraction to resume",
  EVENTS_INCOMPLETE: "the log of a run lacks steps that its checkpoint has",
  WORKER_LOST: "a worker thread ended before it finished its work",
  WORKERS_BROKEN: "a model's worker threads keep ending, so it accepts no more work; a server retries it after a pause",
} as const;

/** A key of `nodeErrorCodes`. */
export type NodeErrorCode = keyof typeof nodeErrorCodes;

/** A file or folder cannot be read or written. */
export class FileError extends WeftError<NodeErrorCode> {}

/** Some of several runs failed. */
export class RunError extends WeftError<NodeErrorCode> {}

/** A command or a function was called with arguments that it does not accept. */
export class UsageError extends WeftError<NodeErrorCode> {
  constructor(message: string, hint?: string, options: { readonly cause?: unknown } = {}) {
    super("USAGE_INVALID", { message, hint, cause: options.cause });
  }
}

/** A worker thread ended before it finished its work. */
export class WorkerError extends WeftError<NodeErrorCode> {}
