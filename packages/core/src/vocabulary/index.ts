export type { ByteChunks } from "./byte-stream.ts";
export { type CorpusLabels, Labels, labelsOf } from "./labels.ts";
export {
  buildLexicon,
  entityTypesOf,
  type Lexicon,
  type LexiconNeeds,
  type LexiconSettings,
  labelDifference,
  lexiconFromJson,
  lexiconSettings,
} from "./lexicon.ts";
export {
  readVectors,
  type VectorCoverage,
  type VectorFormat,
  type VectorMatch,
  type VectorOptions,
  VectorsBuilder,
  type VectorsOrigin,
  type VectorsShape,
  vectorCoverage,
  WordVectors,
} from "./vectors/index.ts";
export { characterVocabulary, rowsOf, Vocabulary, type VocabularyOptions, wordVocabulary } from "./vocabulary.ts";
export { type WordShape, wordShape, wordShapes } from "./word-shape.ts";
