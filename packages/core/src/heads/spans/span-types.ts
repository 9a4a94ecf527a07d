import { entityTypesOf, type Lexicon } from "../../vocabulary/index.ts";

/** The types that a span may have, in the order of their labels, which follow that of no entity. */
export function spanTypes(lexicon: Pick<Lexicon, "tags" | "typed">): (string | null)[] {
  const types = entityTypesOf(lexicon);
  // A tag without a type is one letter.
  const untyped = lexicon.tags.names.some((name) => name !== "O" && name.length === 1);
  return untyped || types.length === 0 ? [null, ...types] : types;
}
