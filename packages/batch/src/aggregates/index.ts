export { aggregateBytes } from "./aggregate-file.ts";
export { maxSamples, TripleCounts } from "./triple-counts.ts";
