import { z } from "zod";
import { inputSettings } from "../../encoders/index.ts";
import { spansSetting } from "../../heads/spans/span-settings.ts";
import { contextSetting } from "../word-context.ts";

const width = z.int().min(1).max(4096);

/**
 * Settings of the joint network. Where the paper and the authors' code differ, both variants are
 * available.
 */
export const jointNnSettings = z.strictObject({
  /** §3.1: words and their characters. */
  inputs: inputSettings({ words: { size: 100 }, characters: { size: 50, filters: 25, widths: [2, 3] } }),
  context: contextSetting(),
  spans: spansSetting(),
  hiddenSize: width.default(64).describe("units of the BiLSTM in one direction; features are twice as wide"),
  spanFilters: width.default(25).describe("filters of each width over the words of an entity, and between two"),
  spanWidths: z.array(z.int().min(1).max(9)).min(1).default([2, 3]).describe("widths of these filters, in words"),
  mlpSize: width.default(128).describe("units of the hidden layer over a pair"),
  distances: z
    .int()
    .min(1)
    .max(1000)
    .default(20)
    .describe("distinct distances in words between two entities, from 0; the last also covers all larger ones"),
  dropout: z.number().min(0).lt(1).default(0.5).describe("dropout rate, the same in all six places"),
  wordDropout: z.number().min(0).lt(1).default(0).describe("share of training words read as unknown"),
  /** Footnote 2: both were tried, "performances are nearly the same". */
  tagger: z
    .enum(["softmax", "crf"])
    .default("softmax")
    .describe("a softmax for each word, or a conditional random field over the sentence"),
  decoding: z
    .enum(["free", "constrained"])
    .default("constrained")
    .describe("any sequence of tags, or the best consistent one (Viterbi)"),
  /** §3.2's f_right. The released code stores f_left in its place. */
  rightContext: z
    .enum(["correct", "duplicated-left"])
    .default("correct")
    .describe("right context of a pair: the words after it, or the words before it again"),
  /** §3.2 considers all ordered pairs. The released code puts the direction into the label. */
  pairs: z
    .enum(["left-to-right", "ordered"])
    .default("left-to-right")
    .describe("each pair once with its direction in the label, or once for each order"),
  /** The paper trains on predicted entities, the released code on gold ones as well. */
  candidates: z
    .enum(["predicted-and-gold", "predicted"])
    .default("predicted-and-gold")
    .describe("entities that form the training pairs"),
  /**
   * Bengio et al. 2015 as in Miwa and Bansal 2016: gold with probability k / (k + e^(epoch / k)).
   */
  tagsRead: z
    .enum(["scheduled", "gold", "predicted"])
    .default("scheduled")
    .describe("tags that the relation side reads in training; scheduled: gold at first, then more and more predicted"),
  samplingDecay: z.number().positive().default(1).describe("k of scheduled sampling; larger keeps gold tags longer"),
  /** The paper averages per sentence, the released code over the batch. */
  means: z.enum(["batch", "sentence"]).default("batch").describe("what the losses are averaged over"),
});

export type JointNnSettings = z.infer<typeof jointNnSettings>;
