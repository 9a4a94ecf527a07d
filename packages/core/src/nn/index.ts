export { distinct } from "./distinct.ts";
export * from "./layers.ts";
export * from "./scope.ts";
export * from "./window-layers.ts";
