export { type TripleFormatName, tripleFormatOf, tripleFormats } from "./formats.ts";
export { openTriples, refuseStandardOutput, type TripleOutput, writeTriples } from "./output.ts";
