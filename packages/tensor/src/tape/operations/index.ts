// Every operation of the tape: one line each, and nothing else. Elsewhere they are one table,
// `operations`, which the contract suite walks: an operation without a case does not type-check.
export { attention } from "./attention.ts";
export { batchNorm } from "./batch-norm.ts";
export { bigru } from "./bigru.ts";
export { bilstm } from "./bilstm.ts";
export { compose } from "./compose.ts";
export { crfLoss } from "./crf-loss.ts";
export { dropout, maximum, relu, sigmoid, softmax, sum, tanh } from "./elementwise.ts";
export { embed } from "./embed.ts";
export { gru, interaction } from "./interaction.ts";
export { type LayerNormInput, layerNorm } from "./layer-norm.ts";
export { linear } from "./linear.ts";
export { softmaxLoss } from "./losses.ts";
export { pairSum } from "./pair-sum.ts";
export { pairLoss, pairMax } from "./pairs.ts";
export { rankingLoss } from "./ranking-loss.ts";
export { spanConvolution } from "./span-convolution.ts";
export { windowConvolution } from "./window-convolution.ts";
