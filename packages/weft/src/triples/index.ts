export { type TripleFormatName, tripleFormatOf, tripleFormats } from "./formats.ts";
export { openTriples, type TripleOutput, writeTriples } from "./output.ts";
