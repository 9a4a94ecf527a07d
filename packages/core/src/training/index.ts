export * from "./checkpoint.ts";
export { lexiconNeedsOf, parseConfig, type TrainConfig, trainConfigSchema } from "./config.ts";
export { type ConfigIssues, configError, printPath, type SettingPath } from "./config-issues.ts";
export * from "./events.ts";
export * from "./executor.ts";
export { Stepper } from "./stepper.ts";
export * from "./train.ts";
export type * from "./train-input.ts";
export { type WordWidth, wordWidths } from "./word-widths.ts";
