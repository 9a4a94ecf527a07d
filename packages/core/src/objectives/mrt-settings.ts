import * as z from "zod";

/**
 * Settings of minimum risk training (Sun et al. 2018, §3.3). The defaults are those of the paper
 * without the learned loss; with the learned loss, the paper uses α = 1.
 */
export const mrtSettings = z.strictObject({
  /** K of algorithm 1. */
  samples: z.int().min(1).max(1000).default(3).describe("outputs to draw for each sentence, in addition to gold"),
  /** α: the power of P before it is renormalised on the sample set. */
  alpha: z.number().positive().max(1e6).default(1e-4).describe("sharpness of the distribution over the sample set"),
  /** μ: the weight of the entity model. */
  mu: z
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe("share of the entity model in the distribution; the rest is the relation model's"),
  /** Footnote 5. */
  epsilon: z.number().min(0).max(1).default(0.1).describe("share of tags that are drawn uniformly"),
  /** Δ_E, Δ_R, Δ_E+R, or only the learned loss. */
  risk: z
    .enum(["entity", "relation", "both", "none"])
    .default("both")
    .describe("the loss of an output: one minus the F1 of entities, of relations, the mean of both, or nothing"),
  relationF1: z
    .enum(["strict", "boundaries", "mrt-code", "partial-last", "partial-first", "rin-partial", "rin-partial-first"])
    .default("strict")
    .describe("protocol for the F1 of relations"),
  /** β of appendix C. */
  beta: z
    .number()
    .positive()
    .max(100)
    .default(1)
    .describe("the loss of an output is one minus F_β: above 1 recall counts more, below 1 precision"),
  /** Γ of eq. 4 and 5. */
  learnedLoss: z.boolean().default(false).describe("add the learned loss 1 − Q and a margin for gold"),
  /** Eq. 5 sums Q (Δ − Q); the released code sums Q (Δ + 1 − Q) / 2. */
  learnedScale: z.enum(["paper", "half"]).default("paper").describe("scale of the sum with the learned loss"),
  /** Algorithm 1, or its variant that samples only entities. */
  relations: z
    .enum(["sampled", "best"])
    .default("sampled")
    .describe("relations of a drawn output: drawn as well, or the most likely ones"),
  /** Algorithm 1 begins with gold. The released code combines gold tags with sampled relations. */
  goldRelations: z.enum(["gold", "sampled"]).default("gold").describe("relations of the output with the gold entities"),
});

/** Settings of minimum risk training, with defaults filled in. */
export type MrtSettings = z.infer<typeof mrtSettings>;
