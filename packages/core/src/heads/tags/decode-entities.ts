import type { Entity } from "../../schema/index.ts";
import { decodeTags } from "../../text/index.ts";
import type { Lexicon } from "../../vocabulary/index.ts";

/** The names of tags; −1 is read as outside. */
export function tagNames({ tags: known }: Pick<Lexicon, "tags">, tags: Int32Array): string[] {
  return Array.from(tags, (tag) => known.names[tag] ?? "O");
}

/**
 * Decodes tags into entities. The confidence of an entity is the product of its tags'
 * probabilities.
 *
 * @param tags the tag of each word, [N]; −1 is read as outside
 * @param probabilities tag probabilities, [N, T] without padding
 */
export function decodeEntities(
  lexicon: Pick<Lexicon, "tags" | "scheme">,
  tags: Int32Array,
  probabilities: ArrayLike<number>,
): Entity[] {
  const T = lexicon.tags.size;
  return decodeTags(tagNames(lexicon, tags), lexicon.scheme).map((entity) => {
    let confidence = 1;
    for (let i = entity.start; i < entity.end; i++) confidence *= probabilities[i * T + (tags[i] ?? 0)] ?? 0;
    return { ...entity, confidence };
  });
}
