import { z } from "zod";
import { pairSettings } from "../../heads/given-pairs/pair-settings.ts";

/**
 * Settings of the network with BIO tags and two tasks. Where the paper and the authors' code
 * differ, both are here.
 */
export const bioMtlSettings = z.strictObject({
  ...pairSettings,
  /** §2.2; the released code has 1, 2 and 3. */
  windows: z.array(z.int().min(1).max(31)).min(1).default([4, 5, 6, 7, 8, 9, 10]).describe("words under a filter, by width"),
  filters: z.int().min(1).max(4096).default(64).describe("filters of each width"),
  /** The released code reads the words between the two entities alone. */
  window: z.enum(["sentence", "between"]).default("sentence").describe("words that a pair sees"),
  betweenLimit: z.int().min(1).max(1000).default(16).describe("most words seen where window is between"),
  pooling: z.enum(["max", "max-average"]).default("max").describe("what is kept of a filter's values over the words"),
  /** §3.2.2, against eq. 4 as printed. */
  scores: z.enum(["dense", "pooled"]).default("dense").describe("class scores from a hidden layer, or from the pooled values"),
  hiddenSize: z.int().min(1).max(4096).default(128).describe("units of the hidden layer"),
  dropout: z.number().min(0).lt(1).default(0.2).describe("dropout on the hidden layer, or on the pooled values"),
  /** The released code drops 0.5 somewhere beside 0.2. */
  pooledDropout: z.number().min(0).lt(1).default(0).describe("dropout on the pooled values, before both tasks read them"),
  /**
   * The released code has two; momentum and ε are the defaults of Keras, in which it is written.
   */
  batchNorm: z.boolean().default(false).describe("batch normalisation of the pooled values and of the hidden layer"),
  batchNormMomentum: z
    .number()
    .min(0)
    .lt(1)
    .default(0.99)
    .describe("share of the running mean and variance that a step of training keeps"),
  batchNormEpsilon: z.number().positive().default(1e-3).describe("added to the variance that is normalised by"),
  /** Eq. 4 has none. */
  classBias: z.boolean().default(false).describe("a bias in the scores of classes"),
  /** §2.3: the second task (+MTL). */
  identification: z.boolean().default(true).describe("learn as well whether there is any relation (+MTL)"),
  /** Table 4. */
  loss: z.enum(["ranking", "cross-entropy", "both"]).default("ranking").describe("loss of relation classification"),
  /** Eq. 8. */
  alpha: z.number().min(0).default(1).describe("α, weight of relation identification"),
  beta: z.number().min(0).default(1).describe("β, weight of relation classification"),
  /** Eq. 5 and 6; 4.5, −0.5, 2 and θ = 1 for Chinese. */
  positiveMargin: z.number().default(2.5).describe("m⁺: the score that the right class should pass"),
  negativeMargin: z.number().default(0.5).describe("m⁻: minus the score that wrong classes should stay below"),
  gamma: z.number().positive().default(2).describe("γ: how sharply margins are kept"),
  /** Eq. 9. */
  theta: z.number().default(0).describe("θ: the score from which a relation counts at threshold 0.5"),
});

export type BioMtlSettings = z.infer<typeof bioMtlSettings>;
