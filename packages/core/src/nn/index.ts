export { distinct } from "./distinct.ts";
export type { FrozenNetwork, FrozenReference, FrozenSource } from "./frozen-network.ts";
export * from "./layers.ts";
export * from "./scope.ts";
export * from "./window-layers.ts";
