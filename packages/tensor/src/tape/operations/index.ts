import { attention } from "./attention.ts";
import { batchNorm } from "./batch-norm.ts";
import { bigru } from "./bigru.ts";
import { bilstm } from "./bilstm.ts";
import { compose } from "./compose.ts";
import { crfLoss } from "./crf-loss.ts";
import { dropout, maximum, relu, sigmoid, softmax, sum, tanh } from "./elementwise.ts";
import { embed } from "./embed.ts";
import { gru, interaction } from "./interaction.ts";
import { linear } from "./linear.ts";
import { softmaxLoss } from "./losses.ts";
import { pairSum } from "./pair-sum.ts";
import { pairLoss, pairMax } from "./pairs.ts";
import { rankingLoss } from "./ranking-loss.ts";
import { spanConvolution } from "./span-convolution.ts";
import { windowConvolution } from "./window-convolution.ts";

/** Every operation of the tape. The contract suite walks this table, so an operation without a case fails the tests. */
export const operations = {
  attention,
  batchNorm,
  bigru,
  bilstm,
  compose,
  crfLoss,
  dropout,
  embed,
  gru,
  interaction,
  linear,
  maximum,
  pairLoss,
  pairMax,
  pairSum,
  rankingLoss,
  relu,
  sigmoid,
  softmax,
  softmaxLoss,
  spanConvolution,
  sum,
  tanh,
  windowConvolution,
} as const;

export type OperationName = keyof typeof operations;
