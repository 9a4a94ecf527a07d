export { distinct } from "./distinct.ts";
export type { FineTuning, FrozenNetwork, FrozenReference, TrainedNetwork } from "./frozen-network.ts";
export * from "./layers.ts";
export * from "./scope.ts";
export * from "./window-layers.ts";
