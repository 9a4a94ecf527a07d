export { TransformerNetwork } from "./transformer-network.ts";
export { parameterCount, readTransformerShape } from "./transformer-shape.ts";
export { readTransformerWeights, type TensorReader } from "./transformer-weights.ts";
