export { hashOf } from "./growing-part.ts";
export { decideAfterLoss } from "./halve.ts";
export { ProcessRunner } from "./process-runner.ts";
export { removeShardFiles } from "./shard-files.ts";
