import { z } from "zod";
import { pairSettings } from "../../heads/given-pairs/pair-settings.ts";

const width = z.int().min(1).max(4096);

/** Settings of the recurrent network with attention to the two entities. */
export const eattBigruSettings = z.strictObject({
  ...pairSettings,
  hiddenSize: width.default(100).describe("units of the BiGRU in one direction; features are twice as wide"),
  attentionSize: width.default(100).describe("units of the attention that compares a word with the two entities"),
  dropout: z.number().min(0).lt(1).default(0.5).describe("dropout on the features of the pair"),
});

export type EattBigruSettings = z.infer<typeof eattBigruSettings>;
