export * from "./check/index.ts";
export { type Fold, type FoldOptions, foldsOf } from "./folds.ts";
export { growingSubsets } from "./growing-subsets.ts";
export {
  type SplitOfType,
  type SplitOptions,
  type SplitPart,
  type SplitPlan,
  SplitPlanner,
  type SplitShares,
  splitParts,
} from "./split/index.ts";
export { Suggester, type Suggestion, type SuggestOptions } from "./suggest/suggester.ts";
