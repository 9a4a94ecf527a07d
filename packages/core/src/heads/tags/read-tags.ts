import type { Entity, Omission, Sentence } from "../../schema/index.ts";
import { encodeTags } from "../../text/index.ts";
import type { Lexicon } from "../../vocabulary/index.ts";

/** The entities of a sentence as tags. */
export interface GoldTags {
  /** [N]; −1 for a tag that training lacks, whose word the loss skips. */
  readonly tags: Int32Array;
  /** All entities, without types if the model has none. */
  readonly entities: readonly Entity[];
  /** Indices of the entities that tags cannot hold. */
  readonly overlapping: readonly number[];
}

/**
 * Encodes the entities of a sentence as tags in the lexicon's scheme.
 *
 * @param omissions collects entities that tags cannot hold, and tags that training lacks
 */
export function readTags(
  sentence: Sentence,
  { tags: known, typed, scheme }: Pick<Lexicon, "tags" | "typed" | "scheme">,
  omissions: Omission[],
): GoldTags {
  const entities = typed ? sentence.entities : sentence.entities.map((entity) => ({ ...entity, type: null }));
  const { tags, omitted } = encodeTags(entities, sentence.tokens.length, scheme);
  const report = (path: string, reason: string): void => void omissions.push({ source: sentence.id, path, reason });
  for (const index of omitted) {
    const span = entities[index];
    report(`entities[${index}]`, `tokens ${span?.start} to ${span?.end} overlap a longer entity, which tags cannot hold`);
  }
  const ids = Int32Array.from(tags, (tag, i) => {
    const id = known.find(tag);
    if (id === undefined) report(`tokens[${i}]`, `training has no tag ${tag}; the loss skips the word`);
    return id ?? -1;
  });
  return { tags: ids, entities, overlapping: omitted };
}

/** Concatenates the tags of sentences, [ΣN]. */
export function packTags(sentences: readonly Int32Array[]): Int32Array {
  const packed = new Int32Array(sentences.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const tags of sentences) {
    packed.set(tags, at);
    at += tags.length;
  }
  return packed;
}
