export { sampleChecksum } from "./checksum.ts";
export { cutInput } from "./cut-input.ts";
export { makePlan, type PlanInput } from "./make-plan.ts";
export { outputFormat, outputNames } from "./output-formats.ts";
export { recordSchema } from "./plan-schema.ts";
export { checked, type OpenPlan, readPlan } from "./read-plan.ts";
export { folderOf, isFirst, rootOf, type ShardFile, shardFile, shardOfFile } from "./shard-names.ts";
