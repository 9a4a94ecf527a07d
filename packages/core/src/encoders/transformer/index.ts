export { TransformerNetwork } from "./transformer-network.ts";
export { parameterCount, pieceLimit, readTransformerShape, type TransformerShape } from "./transformer-shape.ts";
export { readTransformerWeights, type TensorReader } from "./transformer-weights.ts";
