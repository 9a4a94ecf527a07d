export * from "./check/index.ts";
export { type Fold, type FoldOptions, foldsOf } from "./folds.ts";
export * from "./split/index.ts";
