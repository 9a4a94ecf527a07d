import { z } from "zod";
import { inputSettings } from "../../encoders/index.ts";

const width = z.int().min(1).max(4096);

/**
 * Settings shared by all classifiers of given pairs: how pairs are formed, and what is read of a
 * word (Ye et al. 2019, §2.1).
 */
export const pairSettings = {
  /** §3.1: the English corpus is undirected, the Chinese one directed. */
  pairs: z
    .enum(["directed", "undirected"])
    .default("directed")
    .describe("each pair of entities in both orders, or once without distinguishing head from tail"),
  /** §3.1 */
  typeFilter: z.boolean().default(true).describe("skip pairs whose combination of entity types has no relation in training"),
  /** §3.4.2, Figure 3 */
  negativeRatio: z
    .number()
    .min(0)
    .default(0)
    .describe("pairs without a relation to keep in training for each pair with one, drawn by the seed; 0: all"),
  batching: z
    .enum(["grouped", "shuffled"])
    .default("grouped")
    .describe("what training.batch counts: sentences with all their pairs, or single shuffled pairs"),
  anchor: z.enum(["first", "last"]).default("first").describe("the word of an entity that offsets are counted from"),
  /** §2.1: words and the BIO tags of all entities. Offsets are added for each pair. */
  inputs: inputSettings({ words: { size: 200 }, tags: { size: 50 } }, { givenEntities: true }),
  positionSize: width.default(50).describe("width of the embeddings of offsets from either entity"),
  positions: z
    .int()
    .min(1)
    .max(1000)
    .default(60)
    .describe("distinct offsets on each side; words further away share the last one"),
  inputDropout: z.number().min(0).lt(1).default(0).describe("dropout on the input of a word"),
  /** The released code of Ye et al. uses 0.2. */
  spatialDropout: z.number().min(0).lt(1).default(0).describe("share of the input columns that are dropped for a whole sentence"),
  wordDropout: z.number().min(0).lt(1).default(0).describe("share of training words read as unknown"),
};

const shape = z.strictObject(pairSettings);

export type PairSettings = z.infer<typeof shape>;
