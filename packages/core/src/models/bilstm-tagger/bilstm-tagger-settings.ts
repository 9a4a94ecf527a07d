import { z } from "zod";
import { inputSettings } from "../../encoders/index.ts";
import { spansSetting } from "../../heads/spans/span-settings.ts";

/** Settings of the BiLSTM tagger. */
export const bilstmTaggerSettings = z.strictObject({
  /** §2.1, §2.2: words and their characters. */
  inputs: inputSettings({ words: { size: 100 }, characters: { size: 50, filters: 25, widths: [2, 3] } }),
  spans: spansSetting(),
  hiddenSize: z.int().min(1).max(4096).default(64).describe("units of the BiLSTM in one direction; features are twice as wide"),
  wordDropout: z.number().min(0).lt(1).default(0).describe("share of training words read as unknown"),
  decoding: z
    .enum(["free", "constrained"])
    .default("constrained")
    .describe("any sequence of tags, or the best consistent one (Viterbi)"),
  dropout: z.number().min(0).lt(1).default(0.5).describe("dropout on characters, input and features"),
  /** §2.3 */
  tagger: z
    .enum(["crf", "softmax"])
    .default("crf")
    .describe("a conditional random field over the sentence, or a softmax for each word"),
});

export type BilstmTaggerSettings = z.infer<typeof bilstmTaggerSettings>;
