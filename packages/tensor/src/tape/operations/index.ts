import { bilstm } from "./bilstm.ts";
import { compose } from "./compose.ts";
import { crfLoss } from "./crf-loss.ts";
import { dropout, maximum, relu, sigmoid, softmax, sum, tanh } from "./elementwise.ts";
import { embed } from "./embed.ts";
import { gru, interaction } from "./interaction.ts";
import { linear } from "./linear.ts";
import { softmaxLoss } from "./losses.ts";
import { pairLoss, pairMax } from "./pairs.ts";
import { spanConvolution } from "./span-convolution.ts";

/** Every operation of the tape. The contract suite walks this table, so an operation without a case fails the tests. */
export const operations = {
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
  relu,
  sigmoid,
  softmax,
  softmaxLoss,
  spanConvolution,
  sum,
  tanh,
} as const;

export type OperationName = keyof typeof operations;
