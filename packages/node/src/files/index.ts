export { jsonSchemaOf, printConfig, readConfig } from "./config-file.ts";
export { exists } from "./exists.ts";
export { fileFailure, systemCodeOf } from "./file-failure.ts";
export { readJsonFile, readWholeText, writeJsonFile } from "./json-file.ts";
export { openDocuments } from "./open-documents.ts";
export { annotatorPaths, type ReadAnnotatorsOptions, readAnnotators } from "./read-annotators.ts";
export {
  type Corpus,
  collectSentences,
  type PlacedSentence,
  type ReadDocumentsOptions,
  type ReadSentencesOptions,
  readDocuments,
  readSentences,
} from "./read-documents.ts";
export { readInput } from "./read-inputs.ts";
export { standardStream } from "./read-text.ts";
export { readWithFaults } from "./read-with-faults.ts";
export { readDocumentList, selectDocuments } from "./select-documents.ts";
export { splitCorpus } from "./split-corpus.ts";
export { OutputClosed, writeOutput } from "./standard-output.ts";
export { writeDocuments } from "./write-documents.ts";
export { makeFolder, writeFileAtomically } from "./write-file.ts";
