export * from "./gradients.ts";
export * from "./optimizer.ts";
export * from "./running.ts";
