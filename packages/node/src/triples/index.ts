export { openTriples, refuseStandardOutput, type TripleOutput, writeTriples } from "./output.ts";
export { type TripleFormatName, tripleFormatOf, tripleFormats } from "./triple-formats.ts";
