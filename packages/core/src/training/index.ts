export * from "./checkpoint.ts";
export { type TrainConfig, trainConfig } from "./config.ts";
export * from "./events.ts";
export * from "./executor.ts";
export { Stepper } from "./stepper.ts";
export * from "./train.ts";
export type * from "./train-input.ts";
