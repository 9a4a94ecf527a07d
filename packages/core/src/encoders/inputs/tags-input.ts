import { z } from "zod";
import type { Entity } from "../../schema/index.ts";
import { encodeTags } from "../../text/index.ts";
import type { Lexicon } from "../../vocabulary/index.ts";
import { defineInput } from "../input-part.ts";
import { tablePart } from "./table-part.ts";

export interface TagSettings {
  readonly size: number;
}

/** BIO tags of all given entities of the sentence (Ye et al. 2019, §2.1). */
export const tags = defineInput<TagSettings>({
  name: "tags",
  summary: "the BIO tag of the word, from the given entities (+Tag)",
  settings: (own) =>
    z.strictObject({
      size: z
        .int()
        .min(1)
        .max(4096)
        .default(own.size ?? 50)
        .describe("width of tag embeddings"),
    }),
  readsEntities: true,
  reader: (lexicon) => {
    const rows = new Map(bioTags(lexicon).map((tag, index) => [tag, index]));
    return ({ id, tokens, entities }, omissions) => {
      const seen = lexicon.typed ? entities : entities.map((entity) => ({ ...entity, type: null }));
      const encoded = encodeTags(seen, tokens.length, "bio");
      for (const index of encoded.omitted) {
        const { start, end } = entities[index] as Entity;
        omissions.push({
          source: id,
          path: `entities[${index}]`,
          reason: `tokens ${start} to ${end} overlap a longer entity, which tags cannot hold; its pairs stay`,
        });
      }
      // A type that does not occur in training is read as outside.
      return { ids: Int32Array.from(encoded.tags, (tag) => rows.get(tag) ?? 0) };
    };
  },
  build: ({ size }, { lexicon, scope, initial }) =>
    tablePart("tag", scope.child("tag").table("weight", bioTags(lexicon).length, size, initial)),
});

/** BIO tags of the lexicon's types, "O" first: the tags that all schemes share. */
function bioTags(lexicon: Pick<Lexicon, "tags">): string[] {
  return lexicon.tags.names.filter((tag) => /^[BIO](-|$)/.test(tag));
}
