export { type CheckReport, checkCorpus, roleOf } from "./check-corpus.ts";
export type { Leakage } from "./compare-files.ts";
export { type FixCounts, fixDocument, type Renaming } from "./fix-document.ts";
export {
  type CheckedFile,
  type CheckedSentence,
  type CheckSettings,
  defaultCheckSettings,
  type Fault,
  type Fix,
  type LabelKind,
  type Problem,
  type ProblemCode,
  type ProblemLevel,
  type ProblemPlace,
  problemCodes,
  type Role,
} from "./problem.ts";
