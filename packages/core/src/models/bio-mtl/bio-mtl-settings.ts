import { z } from "zod";
import { pairSettings } from "../../heads/given-pairs/pair-settings.ts";

/**
 * Settings of the network with BIO tags and two tasks. Where the paper and the authors' code
 * differ, both variants are available.
 */
export const bioMtlSettings = z.strictObject({
  ...pairSettings,
  /** §2.2. The released code has 1, 2 and 3. */
  windows: z.array(z.int().min(1).max(31)).min(1).default([4, 5, 6, 7, 8, 9, 10]).describe("widths of the filters, in words"),
  filters: z.int().min(1).max(4096).default(64).describe("filters of each width"),
  /** The released code reads only the words from one entity to the other. */
  window: z
    .enum(["sentence", "between"])
    .default("sentence")
    .describe("words read for a pair: the whole sentence, or from one entity to the other"),
  betweenLimit: z.int().min(1).max(1000).default(16).describe("maximum words read if window is between"),
  pooling: z
    .enum(["max", "max-average"])
    .default("max")
    .describe("pooling of a filter's values over the words: the maximum, or maximum and mean"),
  /** §3.2.2 (`dense`), or eq. 4 as printed (`pooled`). */
  scores: z.enum(["dense", "pooled"]).default("dense").describe("class scores from a hidden layer, or from the pooled values"),
  hiddenSize: z.int().min(1).max(4096).default(128).describe("units of the hidden layer"),
  dropout: z.number().min(0).lt(1).default(0.2).describe("dropout on the hidden layer, or on the pooled values"),
  /** The released code has a dropout of 0.5 as well as one of 0.2. */
  pooledDropout: z.number().min(0).lt(1).default(0).describe("dropout on the pooled values, before both tasks read them"),
  /**
   * The released code has two. Momentum and ε default to those of Keras, in which it is written.
   */
  batchNorm: z.boolean().default(false).describe("batch normalisation of the pooled values and of the hidden layer"),
  batchNormMomentum: z
    .number()
    .min(0)
    .lt(1)
    .default(0.99)
    .describe("share of the running mean and variance that a step of training keeps"),
  batchNormEpsilon: z.number().positive().default(1e-3).describe("ε, added to the variance"),
  /** Eq. 4 has none. */
  classBias: z.boolean().default(false).describe("a bias in the scores of classes"),
  /** §2.3: the second task (+MTL). */
  identification: z.boolean().default(true).describe("also learn whether there is any relation (+MTL)"),
  /** Table 4. */
  loss: z.enum(["ranking", "cross-entropy", "both"]).default("ranking").describe("loss of relation classification"),
  /** Eq. 8. */
  alpha: z.number().min(0).default(1).describe("α, weight of relation identification"),
  beta: z.number().min(0).default(1).describe("β, weight of relation classification"),
  /** Eq. 5 and 6; 4.5, −0.5, 2 and θ = 1 for Chinese. */
  positiveMargin: z.number().default(2.5).describe("m⁺: the score that the right class should pass"),
  negativeMargin: z.number().default(0.5).describe("m⁻: wrong classes should score below −m⁻"),
  gamma: z.number().positive().default(2).describe("γ: how sharply the margins are enforced"),
  /** Eq. 9. */
  theta: z.number().default(0).describe("θ: the score from which a relation counts at threshold 0.5"),
});

export type BioMtlSettings = z.infer<typeof bioMtlSettings>;
