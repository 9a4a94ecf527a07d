import { WeftError } from "@weft-nlp/tensor";

export { type ErrorDetails, formatLocation, type Location, WeftError } from "@weft-nlp/tensor";

/**
 * Every error code of this package, with its meaning. `docs/errors.md` holds the same list, and a
 * test compares the two. Add a code here before throwing it; never rename a released code.
 */
export const coreErrorCodes = {
  JSON_INVALID: "a line or a file is not valid JSON",
  FIELD_MISSING: "a required field is missing",
  FIELD_UNKNOWN: "a field is not known, and its name is close to that of a missing one",
  FIELD_INVALID: "a field has the wrong type or an impossible value",
  SPAN_OUTSIDE: "a span extends beyond its sentence or text",
  SPAN_EMPTY: "a span contains no token or no character",
  SPAN_MISALIGNED: "character offsets do not fall on token boundaries",
  WORDS_DISAGREE: "the words that a file gives are not in its text at or near their offsets",
  RELATION_END_MISSING: "a relation names an entity that does not exist",
  ENTITY_OVERLAP: "entities overlap, but the tag scheme can only hold flat ones",
  CORPUS_EMPTY: "a corpus has no sentences",
  LABEL_UNKNOWN: "a label does not occur in the training data",
  VECTORS_INVALID: "a word-vector file is malformed",
  ARCHIVE_INVALID: "a model file is truncated, inconsistent or not a Weft model",
  SETTING_UNKNOWN: "no setting has this name",
  SETTING_INVALID: "a setting has a value that is not allowed",
  TRAINING_DIVERGED: "the loss or a gradient is not a finite number",
  CHECKPOINT_MISMATCH: "a checkpoint belongs to another configuration or data set",
  CANCELLED: "the caller asked to stop",
  LINE_TOO_LONG: "a line exceeds the length limit",
  XML_INVALID: "a file is not valid XML, or exceeds the size limit",
  YAML_INVALID: "a configuration file is not valid YAML",
  CALIBRATION_IMPOSSIBLE: "a model proposes no relation in the calibration sentences",
  MERGE_IMPOSSIBLE: "models differ in kind, settings or labels, so they cannot decide together",
  SENTENCES_MISMATCH: "two files should hold the same sentences but differ",
  ENCODER_MISSING: "a pretrained encoder that a model needs is not available",
  COMPANION_MISSING: "a file that another one needs is missing",
} as const;

/** An error code of this package. */
export type CoreErrorCode = keyof typeof coreErrorCodes;

/** Something in the user's data is wrong. */
export class DataError extends WeftError<CoreErrorCode> {}

/** A setting is wrong or does not exist. */
export class ConfigError extends WeftError<CoreErrorCode> {}

/** A saved model or checkpoint cannot be used. */
export class ArchiveError extends WeftError<CoreErrorCode> {}

/** Training cannot continue. */
export class TrainingError extends WeftError<CoreErrorCode> {}
