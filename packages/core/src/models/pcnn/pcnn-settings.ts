import { z } from "zod";
import { pairSettings } from "../../heads/given-pairs/pair-settings.ts";

/**
 * Settings of the piecewise network. Sizes are those of §4.1, embeddings as wide as those of the
 * systems it is compared with.
 */
export const pcnnSettings = z.strictObject({
  ...pairSettings,
  filters: z.int().min(1).max(4096).default(230).describe("number of filters"),
  filterWidth: z.int().min(1).max(31).default(3).describe("words under a filter"),
  dropout: z.number().min(0).lt(1).default(0.5).describe("dropout on the pooled values"),
});

export type PcnnSettings = z.infer<typeof pcnnSettings>;
