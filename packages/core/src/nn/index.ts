export * from "./layers.ts";
export * from "./scope.ts";
