// The public API of the package, room by room. Every name is documented where it is defined.
// Anything not exported here may change.

// Kernels and their providers
export { fetchWasmModules } from "#wasm-modules";
// Errors
export {
  type ErrorDetails,
  formatLocation,
  type Location,
  ShapeError,
  TensorError,
  type TensorErrorCode,
  tensorErrorCodes,
  WeftError,
} from "./errors.ts";
export { checkedKernels } from "./kernels/checked-kernels.ts";
export type { Address, KernelName, Kernels } from "./kernels/kernels.ts";
export type { LinearMemory } from "./kernels/linear-memory.ts";
export {
  bestBuild,
  installProvider,
  type KernelBuild,
  type KernelProvider,
  kernelMark,
  providers,
} from "./kernels/providers.ts";
// Memory
export { Arena } from "./memory/arena.ts";
export { Heap } from "./memory/heap.ts";

// Optimisers
export {
  type ChunkGradient,
  GradientCollector,
  type Gradients,
  mergeRows,
  squaresOf,
  type TableGradient,
} from "./optim/gradients.ts";
export {
  Optimizer,
  type OptimizerOptions,
  type OptimizerSettings,
  type ParameterGroup,
  type UpdateOptions,
} from "./optim/optimizer.ts";
export { updateRunning } from "./optim/running.ts";

// The tape and its operations
export { KeptProducts, type TableRows } from "./tape/kept-products.ts";
export type { BigruParameters } from "./tape/operations/bigru.ts";
export type { BilstmInput, LstmParameters } from "./tape/operations/bilstm.ts";
export { backwardMessages, bestPath, type Chain, expectations, pathScore } from "./tape/operations/chain.ts";
export { type ComposeTerm, parameterMatrix, pickRows } from "./tape/operations/compose.ts";
export { type ChainParameters, readChain } from "./tape/operations/crf-loss.ts";
export type { FixedRows, Lookup } from "./tape/operations/embed.ts";
export * as operations from "./tape/operations/index.ts";
export type { GruParameters, InteractionParameters } from "./tape/operations/interaction.ts";
export { pairScores } from "./tape/operations/pair-sum.ts";
export {
  type ChosenWords,
  type PairCell,
  type PairScorer,
  pairMaxOf,
  pairProbabilities,
  predictPairs,
} from "./tape/operations/pairs.ts";
export type { PlacedRows } from "./tape/operations/placed-rows.ts";
export type { RowLabels } from "./tape/operations/span-convolution.ts";
export { type WindowPart, windowFields } from "./tape/operations/window-convolution.ts";
export {
  type ColumnStatistics,
  type GradientBuffer,
  type Operation,
  type RowGradient,
  Tape,
  type TapeOptions,
} from "./tape/tape.ts";

// Matrices, parameters, randomness
export { Engine } from "./tensor/engine.ts";
export { type Matrix, padded } from "./tensor/matrix.ts";
export {
  glorot,
  type Initialiser,
  normal,
  ones,
  type Parameter,
  type ParameterForm,
  ParameterStore,
  pad,
  uniform,
  unpad,
  zeros,
} from "./tensor/parameter-store.ts";
export { Random, type RandomState } from "./tensor/random.ts";
