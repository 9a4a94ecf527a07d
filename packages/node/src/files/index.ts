export { type ByteLine, longestLineBytes, readByteLines } from "./byte-lines.ts";
export { type ByteRange, startOfRange } from "./byte-range.ts";
export { jsonSchemaOf, printConfig, readConfig } from "./config-file.ts";
export { recordsOfDocuments } from "./document-records.ts";
export { exists } from "./exists.ts";
export { fileFailure, systemCodeOf } from "./file-failure.ts";
export { type InputKind, inputKinds, recordInputFor } from "./input-shape.ts";
export { readJsonFile, readWholeText, writeJsonFile } from "./json-file.ts";
export { type Lock, takeLock } from "./lock-file.ts";
export { openDocuments } from "./open-documents.ts";
export { joinedTexts } from "./open-file.ts";
export { PartFile, partPathOf } from "./part-file.ts";
export { isMark, markOf, ownMark, type ProcessMark, type ProcessState, processState } from "./process-mark.ts";
export { annotatorPaths, type ReadAnnotatorsOptions, readAnnotators } from "./read-annotators.ts";
export {
  type Corpus,
  collectSentences,
  type PlacedSentence,
  type ReadDocumentsOptions,
  type ReadSentencesOptions,
  readDocuments,
  readingOf,
  readSentences,
} from "./read-documents.ts";
export { readInput } from "./read-inputs.ts";
export {
  type InputRecord,
  inputHash,
  type ReadFrom,
  type ReadRecordsOptions,
  type RecordInput,
  readRecords,
} from "./read-records.ts";
export { readBytes, standardStream } from "./read-text.ts";
export { readWithFaults } from "./read-with-faults.ts";
export { requireRegularFile } from "./regular-file.ts";
export { renameFile } from "./rename-file.ts";
export { readDocumentList, selectDocuments } from "./select-documents.ts";
export { splitCorpus } from "./split-corpus.ts";
export { OutputClosed, writeOutput } from "./standard-output.ts";
export { sweepFolder, temporaryName } from "./temporary-files.ts";
export { writeDocuments } from "./write-documents.ts";
export { linkFile, makeFolder, syncFolder, writeAll, writeFileAtomically } from "./write-file.ts";
