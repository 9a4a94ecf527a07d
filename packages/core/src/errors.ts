import { WeftError } from "@weft-nlp/tensor";

export { type ErrorDetails, formatLocation, type Location, WeftError } from "@weft-nlp/tensor";

/**
 * Every error code of this package, with what it means. `docs/errors.md` holds the same list, and a
 * test compares the two. Add a code here before throwing it; codes are never renamed once released.
 */
export const coreErrorCodes = {
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

export type CoreErrorCode = keyof typeof coreErrorCodes;

/** Something in the user's data is wrong. */
export class DataError extends WeftError<CoreErrorCode> {}

/** A setting is wrong or does not exist. */
export class ConfigError extends WeftError<CoreErrorCode> {}

/** A saved model or checkpoint cannot be used. */
export class ArchiveError extends WeftError<CoreErrorCode> {}

/** Training cannot go on. */
export class TrainingError extends WeftError<CoreErrorCode> {}
