export { type ForwardOptions, TransformerNetwork, type TransformerOptions } from "./transformer-network.ts";
export {
  parameterCount,
  pieceLimit,
  readTransformerShape,
  type TransformerFamily,
  type TransformerShape,
} from "./transformer-shape.ts";
export { type ReadTensor, readTransformerWeights, type TensorReader, type TransformerWeight } from "./transformer-weights.ts";
