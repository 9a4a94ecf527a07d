/** Every error code of this package with its meaning, as also listed in `docs/errors.md`. */
export const tensorErrorCodes = {
  MEMORY_EXHAUSTED: "the linear memory cannot grow any further",
  SHAPE_MISMATCH: "two matrices do not fit together",
  PARAMETER_UNKNOWN: "a parameter of this name does not exist, or has another shape",
  PARAMETER_TWICE: "two parameters have the same name",
} as const;

/** An error code of this package. */
export type TensorErrorCode = keyof typeof tensorErrorCodes;

/** Where something was found: a file, a 1-based line and column, and a path inside the value. */
export interface Location {
  readonly source?: string | undefined;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  readonly path?: string | undefined;
}

/** The content of an error: place, message, hint and cause. */
export interface ErrorDetails {
  readonly at?: Location | undefined;
  /** What is wrong and what was expected, in one sentence without a final full stop. */
  readonly message: string;
  /** What the reader can do about it. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/**
 * The root of every error that Weft throws on purpose, in every package: one `catch` is enough.
 * `message` is complete: location, sentence and code.
 */
export class WeftError<Code extends string = string> extends Error {
  /** A code of `docs/errors.md`. Codes are never renamed once released. */
  readonly code: Code;
  readonly at: Location | undefined;
  readonly hint: string | undefined;
  /** The sentence alone, without location and code. */
  readonly summary: string;

  constructor(code: Code, details: ErrorDetails) {
    super(`${formatLocation(details.at)}${details.message} (${code})`, { cause: details.cause });
    this.name = new.target.name;
    this.code = code;
    this.at = details.at;
    this.hint = details.hint;
    this.summary = details.message;
  }
}

/** An error in the use of matrices and parameters in code, which has no place in a file. */
export class TensorError extends WeftError<TensorErrorCode> {
  constructor(code: TensorErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(code, { message, cause: options?.cause });
  }
}

/** A matrix does not have the shape that an operation needs. */
export class ShapeError extends TensorError {
  constructor(message: string) {
    super("SHAPE_MISMATCH", message);
  }
}

/** Formats a location as `file:line:column path: `, omitting unknown parts. */
export function formatLocation(at: Location | undefined): string {
  if (at === undefined) return "";
  const position = [at.source, at.line, at.column].filter((part) => part !== undefined).join(":");
  const whole = [position, at.path].filter((part) => part !== undefined && part !== "").join(" ");
  return whole === "" ? "" : `${whole}: `;
}
