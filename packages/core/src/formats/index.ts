export {
  type Companions,
  collectDocuments,
  collectText,
  type Documents,
  type Format,
  type InputFormat,
  type OutputFormat,
  type ReadEvent,
  type ReadOptions,
  type WriteEvent,
} from "./format.ts";
export {
  detectFormat,
  detectFormats,
  type FormatName,
  formats,
  inputFormats,
  misspeltFields,
  outputFormats,
  readOnlyFormats,
  writeOnlyFormats,
} from "./formats.ts";
export { jsonl } from "./jsonl.ts";
export { labelStudio } from "./label-studio.ts";
export { type AnnotatorEvent, readLabelStudioAnnotators } from "./label-studio-annotators.ts";
export type { Capacity } from "./shared/capacity.ts";
export { type DocumentRecord, type EntityRecord, type RelationRecord, recordOf } from "./shared/document-record.ts";
export { type FittedDocument, fitDocument } from "./shared/fit.ts";
export { marksMentions } from "./shared/layers.ts";
export { type Line, longestLine, readLineGroups, readLines, readWhole, type TextChunks } from "./shared/lines.ts";
export { withoutNegatives, withoutRelations } from "./shared/negatives.ts";
export { documentFromRecord } from "./shared/record.ts";
export { documentFromWords } from "./shared/records.ts";
export { readXml, type XmlElement } from "./shared/xml.ts";
