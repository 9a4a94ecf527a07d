import type { Lexicon } from "../../vocabulary/lexicon.ts";

/** BIO tags of the types that the lexicon knows, "O" first: the part that all schemes share. */
export function bioTags({ tags }: Lexicon): string[] {
  return tags.names.filter((tag) => /^[BIO](-|$)/.test(tag));
}
