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
export { readVectors, type VectorFormat, type VectorOptions, type WordVectors } from "./vectors.ts";
export { characterVocabulary, Vocabulary, type VocabularyOptions, wordVocabulary } from "./vocabulary.ts";
export { type WordShape, wordShape, wordShapes } from "./word-shape.ts";
