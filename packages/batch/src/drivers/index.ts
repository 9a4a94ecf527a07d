export { type LocalDriverOptions, localDriver } from "./local.ts";
export { type ArrayEnvironment, type ArrayPart, arrayPart } from "./shard.ts";
