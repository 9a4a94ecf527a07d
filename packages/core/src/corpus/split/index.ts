export {
  leastSharedTokens,
  type SplitOfType,
  type SplitOptions,
  type SplitPart,
  type SplitPlan,
  SplitPlanner,
  type SplitShares,
  splitParts,
} from "./split-planner.ts";
