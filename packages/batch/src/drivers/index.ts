export { type LocalDriverOptions, localDriver } from "./local.ts";
export { type QueueDriverOptions, queueDriver } from "./queue-driver.ts";
export { type ArrayEnvironment, type ArrayPart, arrayPart } from "./shard.ts";
