import { z } from "zod";
import { jointNnSettings } from "../joint-nn/settings.ts";

/** Settings of the tagger: those of the joint network's entity side, with a random field unless told otherwise. */
export const bilstmTaggerSettings = jointNnSettings
  .pick({
    wordSize: true,
    characterSize: true,
    characterFilters: true,
    filterWidths: true,
    hiddenSize: true,
    wordDropout: true,
    decoding: true,
  })
  .extend({
    dropout: z.number().min(0).lt(1).default(0.5).describe("dropout on characters, input and features"),
    tagger: z.enum(["crf", "softmax"]).default("crf").describe("a conditional random field over the tags, or each for itself"),
  });

export type BilstmTaggerSettings = z.infer<typeof bilstmTaggerSettings>;
