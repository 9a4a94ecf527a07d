export { type AnnotatedRecord, type AnnotateOptions, annotateRecords } from "./annotate-records.ts";
export { extractFiles } from "./extract-files.ts";
export type { ExtractFilesInput, KeptOutput } from "./extract-input.ts";
export type { ExtractCounts } from "./extract-state.ts";
export type { OutputTarget } from "./growing-output.ts";
export { type QuarantinedRecord, quarantined } from "./quarantine.ts";
