export { roundConfidence } from "./confidence.ts";
export * from "./document.ts";
export type { Omission, OmissionKind } from "./omission.ts";
export { overlappingEntities } from "./overlap.ts";
export { inReadingUnits, type Reading, readingUnits } from "./reading-units.ts";
export { sentenceDocuments, sentenceId } from "./sentence-documents.ts";
export { annotateDocument, documentFromSentence, joinTokens, type SentencesOfDocument, sentencesOf } from "./sentences.ts";
export * from "./triples-of.ts";
export { validateDocument, validateSentence } from "./validate.ts";
