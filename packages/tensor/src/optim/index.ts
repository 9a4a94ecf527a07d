export * from "./gradients.ts";
export * from "./optimizer.ts";
