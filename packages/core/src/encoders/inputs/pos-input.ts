import { z } from "zod";
import type { Vocabulary } from "../../vocabulary/index.ts";
import { defineInput } from "../input-part.ts";
import { tablePart } from "./table-part.ts";

export interface PosSettings {
  readonly size: number;
  readonly when: "tagged" | "always";
}

/** The part-of-speech tags that come with the sentences. */
export const pos = defineInput<PosSettings>({
  name: "pos",
  summary: "the part-of-speech tag that the data gives the word",
  settings: (own) =>
    z.strictObject({
      size: z
        .int()
        .min(1)
        .max(1024)
        .default(own.size ?? 10)
        .describe("width of part-of-speech embeddings"),
      when: z
        .enum(["tagged", "always"])
        .default(own.when ?? "tagged")
        .describe("tagged: read tags only if every training sentence has them; always: even if some have none"),
    }),
  needs: ({ when }) => ({ pos: when }),
  isKnown: (lexicon) => lexicon.pos !== undefined,
  reader: (lexicon) => {
    const vocabulary = lexicon.pos as Vocabulary;
    return ({ tokens, pos: tags }) => ({ ids: Int32Array.from(tokens, (_, i) => vocabulary.indexOf(tags?.[i] ?? "")) });
  },
  build: ({ size }, { lexicon, scope, initial }) =>
    tablePart("pos", scope.child("pos").table("weight", (lexicon.pos as Vocabulary).size, size, initial)),
});
