export * from "@weft-nlp/core/recipe";
export * from "@weft-nlp/core/training";
export * from "@weft-nlp/node/experiments";
export { type ProjectEvent, type TrainProjectInput, trainProject, writeProject } from "@weft-nlp/node/recipe";
export { type DoneEvent, type RunEvent, resolvePaths, type TrainRunInput, trainRun } from "@weft-nlp/node/runs";
export { threadExecutor } from "@weft-nlp/node/workers";
