import { z } from "zod";
import { inputSettings } from "../../encoders/index.ts";

/**
 * Settings of RIN. Where the paper and the authors' code differ, both variants are available; the
 * comments name the equations.
 */
export const rinSettings = z.strictObject({
  /** K, rounds of interaction; 0 is the paper's "w/o interaction". */
  rounds: z.int().min(0).max(64).default(4).describe("K, rounds of interaction between the two tasks; 0 switches it off"),
  /** §5.1: words and, where the data has them, part-of-speech tags. */
  inputs: inputSettings({ words: { size: 100 }, pos: { size: 10 } }),
  hiddenSize: z.int().min(1).max(4096).default(50).describe("units of the BiLSTM in one direction; features are twice as wide"),
  inputDropout: z.number().min(0).lt(1).default(0.1).describe("dropout on the concatenated embeddings"),
  wordDropout: z.number().min(0).lt(1).default(0).describe("share of training words read as unknown"),
  /** Eq. 4 (`paper`) or the standard GRU of the released code (`gru`). */
  cell: z.enum(["gru", "paper"]).default("gru").describe("interaction cell: a standard GRU, or equation 4 as printed"),
  /** Eq. 2 without one of its terms (Table 5). */
  ablation: z.enum(["none", "no-er", "no-rc"]).default("none").describe("omit one task's features from the update of H"),
  untied: z.boolean().default(false).describe("separate weights for every round"),
  /** Eq. 5: over the row of pairs (i, ·), or over the column (·, i) as well. */
  pool: z.enum(["row", "both"]).default("row").describe("which pairs of a word its relation features are pooled over"),
  /** W_m of eq. 7. */
  pairBias: z.boolean().default(true).describe("a bias in the pair layer"),
  diagonal: z.boolean().default(true).describe("whether a word pairs with itself"),
  decoding: z
    .enum(["free", "constrained"])
    .default("constrained")
    .describe("any sequence of tags, or the best consistent one (Viterbi)"),
  anchor: z.enum(["last", "first"]).default("last").describe("the word of an entity that carries its relations"),
});

export type RinSettings = z.infer<typeof rinSettings>;
