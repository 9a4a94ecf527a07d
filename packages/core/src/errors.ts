/** Where something was found: a file, a 1-based line and column, and a path inside the value. */
export interface Location {
  readonly source?: string | undefined;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  readonly path?: string | undefined;
}

export interface ErrorDetails {
  readonly at?: Location | undefined;
  /** What is wrong and what was expected, in one sentence without a final full stop. */
  readonly message: string;
  /** What the reader can do about it. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/**
 * Every error code of this package, with what it means. `docs/errors.md` holds the same list, and a test compares the two.
 * Add a code here before throwing it; codes are never renamed once released.
 */
export const errorCodes = {
  JSON_INVALID: "a line or a file is not valid JSON",
  FIELD_MISSING: "a required field is absent",
  FIELD_INVALID: "a field has the wrong type or an impossible value",
  SPAN_OUTSIDE: "a span reaches outside its sentence or text",
  SPAN_EMPTY: "a span holds no token or no character",
  SPAN_MISALIGNED: "character offsets do not fall on token boundaries",
  RELATION_END_MISSING: "a relation names an entity that does not exist",
  ENTITY_OVERLAP: "entities overlap where the tag scheme can hold only flat ones",
  CORPUS_EMPTY: "a corpus that must hold sentences holds none",
  LABEL_UNKNOWN: "a label occurs that the training data does not have",
  VECTORS_INVALID: "a word-vector file is malformed",
  ARCHIVE_INVALID: "a model file is truncated, foreign or inconsistent",
  SETTING_UNKNOWN: "a setting with this name does not exist",
  SETTING_INVALID: "a setting has a value that is not allowed",
  TRAINING_DIVERGED: "the loss or a gradient is not a finite number",
  CHECKPOINT_MISMATCH: "a checkpoint belongs to another configuration or data set",
  CANCELLED: "the caller asked to stop",
  LINE_TOO_LONG: "a line is longer than a reader takes at once",
  XML_INVALID: "a file is not valid XML, or holds more than is read of one",
  YAML_INVALID: "a configuration file is not valid YAML",
  CALIBRATION_IMPOSSIBLE: "a model proposes no relation in the sentences it is to be calibrated on",
  SENTENCES_MISMATCH: "two files that must hold the same sentences do not",
  COMPANION_MISSING: "a file that belongs beside another is absent",
} as const;

export type ErrorCode = keyof typeof errorCodes;

/** The base of every error this package throws on purpose. `message` is complete: location, text and code. */
export class WeftError extends Error {
  readonly code: ErrorCode;
  readonly at: Location | undefined;
  readonly hint: string | undefined;
  /** The sentence alone, without location and code. */
  readonly summary: string;

  constructor(code: ErrorCode, details: ErrorDetails) {
    super(`${formatLocation(details.at)}${details.message} (${code})`, { cause: details.cause });
    this.name = new.target.name;
    this.code = code;
    this.at = details.at;
    this.hint = details.hint;
    this.summary = details.message;
  }
}

/** Something in the user's data is wrong. */
export class DataError extends WeftError {}

/** A setting is wrong or does not exist. */
export class ConfigError extends WeftError {}

/** A saved model or checkpoint cannot be used. */
export class ArchiveError extends WeftError {}

/** Training cannot go on. */
export class TrainingError extends WeftError {}

/** `file:line:column path: `, leaving out what is not known. */
export function formatLocation(at: Location | undefined): string {
  if (at === undefined) return "";
  const position = [at.source, at.line, at.column].filter((part) => part !== undefined).join(":");
  const whole = [position, at.path].filter((part) => part !== undefined && part !== "").join(" ");
  return whole === "" ? "" : `${whole}: `;
}
