/**
 * Every operation of the tape, to be recorded by `tape.apply`.
 *
 * This module holds one line per operation and nothing else. The contract suite walks it as a
 * table: an operation without a case does not type-check.
 *
 * @module
 */
export { attention } from "./attention.ts";
export { batchNorm } from "./batch-norm.ts";
export { bigru } from "./bigru.ts";
export { bilstm } from "./bilstm.ts";
export { compose } from "./compose.ts";
export { crfLoss } from "./crf-loss.ts";
export { dropout, gelu, maximum, relu, sigmoid, softmax, sum, tanh } from "./elementwise.ts";
export { embed } from "./embed.ts";
export { gru, interaction } from "./interaction.ts";
export { type LayerNormInput, layerNorm } from "./layer-norm.ts";
export { linear } from "./linear.ts";
export { softmaxLoss } from "./losses.ts";
export { pairSum } from "./pair-sum.ts";
export { pairLoss, pairMax } from "./pairs.ts";
export { rankingLoss } from "./ranking-loss.ts";
export { type SelfAttentionInput, selfAttention } from "./self-attention.ts";
export { spanConvolution } from "./span-convolution.ts";
export { windowConvolution } from "./window-convolution.ts";
