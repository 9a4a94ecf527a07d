import type { EntityFinding, RelationFinding } from "@weft-nlp/core/metrics";

type Kind = RelationFinding["kind"] | EntityFinding["kind"];

/** The names of findings for people. */
export const mistakeNames: Readonly<Record<Kind, string>> = {
  correct: "right",
  falseNegative: "false negative",
  falsePositive: "false positive",
  wrongClass: "wrong class",
  missing: "missing entity",
  spurious: "spurious entity",
  wrongType: "wrong type",
  wrongBoundary: "wrong boundary",
};
