export {
  type Agreement,
  type AgreementOfType,
  type AgreementScores,
  agreement,
  type KindAgreement,
  type PairAgreement,
} from "./agreement.ts";
export { applyDecisions } from "./apply-decisions.ts";
export {
  type Annotator,
  type MatchedAnnotators,
  matchAnnotators,
  type PlacedDocument,
  type SharedDocument,
} from "./match-annotators.ts";
export { type AnnotatorMerge, type MergeRule, mergeAnnotators, mergeRules } from "./merge-annotators.ts";
