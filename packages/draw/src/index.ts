export * from "./drawing/index.ts";
export * from "./report/index.ts";
