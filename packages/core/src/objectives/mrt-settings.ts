import * as z from "zod";

/**
 * Minimum risk training (Sun et al. 2018, §3.3). The defaults are those of the paper without the
 * learned loss; with it, it uses α = 1.
 */
export const mrtSettings = z.strictObject({
  /** K of algorithm 1. */
  samples: z.int().min(1).max(1000).default(3).describe("outputs drawn of each sentence, beside gold"),
  /** α: the power of P before it is renormalised on the sample set. */
  alpha: z.number().positive().max(1e6).default(1e-4).describe("sharpness of the distribution over the sample set"),
  /** μ: how much of it is the entity model's. */
  mu: z.number().min(0).max(1).default(1).describe("share of the entity model in it; the rest is the relation model's"),
  /** Footnote 5. */
  epsilon: z.number().min(0).max(1).default(0.1).describe("share of tags that are drawn uniformly"),
  /** Δ_E, Δ_R, Δ_E+R, or the learned loss alone. */
  risk: z.enum(["entity", "relation", "both", "none"]).default("both").describe("whose F1 the loss of an output is one minus of"),
  relationF1: z
    .enum(["strict", "boundaries", "mrt-code", "partial-last", "partial-first", "rin-partial", "rin-partial-first"])
    .default("strict")
    .describe("protocol of the relations' F1"),
  /** Γ of eq. 4 and 5. */
  learnedLoss: z.boolean().default(false).describe("add the learned loss 1 − Q, and a margin for gold"),
  /** Eq. 5 sums Q (Δ − Q), the released code Q (Δ + 1 − Q) / 2. */
  learnedScale: z.enum(["paper", "half"]).default("paper").describe("scale of the sum with the learned loss"),
  /** Algorithm 1, or its variant that samples entities alone. */
  relations: z
    .enum(["sampled", "best"])
    .default("sampled")
    .describe("relations of a drawn output: drawn too, or the likeliest ones"),
  /**
   * Algorithm 1 begins with gold; the released code puts sampled relations beside the gold tags.
   */
  goldRelations: z.enum(["gold", "sampled"]).default("gold").describe("relations beside the gold entities"),
});

export type MrtSettings = z.infer<typeof mrtSettings>;
