export { bracketedText, markedPair } from "./bracketed-text.ts";
export { type ComparisonPageInput, comparisonPage } from "./comparison-page.ts";
export { claimOf, comparisonVerdict, signed } from "./comparison-verdict.ts";
export { type Difference, differences } from "./differences.ts";
export { mistakeNames } from "./mistake-names.ts";
export { pageScriptSource } from "./page-script.ts";
export { comparisonFileSchema, type ReportFile, reportFileSchema } from "./report-schema.ts";
export { type ScorePageInput, scorePage } from "./score-page.ts";
