export { type DecodeOptions, decode, fetchDecode } from "#decode";
export { candidateFloor, tiedTypes } from "./bundles.ts";
export { checkConstraints, type KnownLabels } from "./check-constraints.ts";
export * from "./constraint-set.ts";
export * from "./decoding-constraints.ts";
export { type LearnOptions, learnConstraints } from "./learn-constraints.ts";
export type * from "./proposal.ts";
export { type Violation, violationsIn } from "./violations.ts";
