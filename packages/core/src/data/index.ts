export type { ByteChunks } from "./byte-stream.ts";
export type { Capacity } from "./capacity.ts";
export * from "./check/index.ts";
export { asList, asNumber, asObject, asPair, asString, asStrings, type Fields, within } from "./fields.ts";
export { type Fold, type FoldOptions, foldsOf } from "./folds.ts";
export * from "./format.ts";
export { jsonl } from "./formats/jsonl.ts";
export {
  detectFormat,
  detectFormats,
  type FormatName,
  formats,
  inputFormats,
  outputFormats,
  readOnlyFormats,
  writeOnlyFormats,
} from "./formats.ts";
export { parseJson } from "./json.ts";
export { type CorpusLabels, Labels, labelsOf } from "./labels.ts";
export { buildLexicon, entityTypesOf, type Lexicon, type LexiconSettings, lexiconFromJson, lexiconSettings } from "./lexicon.ts";
export { type Line, longestLine, readLines, readWhole, type TextChunks } from "./lines.ts";
export { documentFromRecord, recordOf } from "./record.ts";
export * from "./split/index.ts";
export { readVectors, type VectorFormat, type VectorOptions, type WordVectors } from "./vectors.ts";
export { characterVocabulary, Vocabulary, type VocabularyOptions, wordVocabulary } from "./vocabulary.ts";
export { type WordShape, wordShape, wordShapes } from "./word-shape.ts";
