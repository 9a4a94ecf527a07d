/** Every error code of this package, with what it means; `docs/errors.md` holds the same list. */
export const tensorErrorCodes = {
  MEMORY_EXHAUSTED: "the linear memory cannot grow any further",
  SHAPE_MISMATCH: "two matrices do not fit together",
  PARAMETER_UNKNOWN: "a parameter of this name does not exist, or has another shape",
  PARAMETER_TWICE: "two parameters ask for the same name",
} as const;

export type TensorErrorCode = keyof typeof tensorErrorCodes;

/** The base of every error this package throws on purpose. */
export class TensorError extends Error {
  readonly code: TensorErrorCode;

  constructor(code: TensorErrorCode, message: string, options?: { cause?: unknown }) {
    super(`${message} (${code})`, options);
    this.name = "TensorError";
    this.code = code;
  }
}

/** A matrix does not have the shape an operation needs. */
export class ShapeError extends TensorError {
  constructor(message: string) {
    super("SHAPE_MISMATCH", message);
    this.name = "ShapeError";
  }
}
