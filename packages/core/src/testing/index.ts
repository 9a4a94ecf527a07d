// For people who write models or formats: the contracts that ours meet, and data to test with.
// Needs vitest and fast-check.

export {
  describeFormat,
  describeInputFormat,
  type Files,
  type FormatExample,
  type FormatFault,
  readFiles,
  writeFiles,
} from "./describe-format.ts";
export { describeModel, type ModelCase } from "./describe-model.ts";
export { eightSentences, sentence, tagged, untyped, withLastRelations } from "./example-sentences.ts";
export { adaDocument, adaTokens } from "./format-documents.ts";
export { openTinyEncoder, type TinyEncoder, type TinyEncoderOptions, tinyEncoder } from "./tiny-encoder.ts";
