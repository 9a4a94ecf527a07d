import type { Entity, Omission, Sentence } from "../../schema/index.ts";
import { encodeTags } from "../../text/index.ts";
import type { Lexicon } from "../../vocabulary/index.ts";

/** The entities of a sentence as tags. */
export interface GoldTags {
  /** [N]; −1 where training does not have the tag: the word is left out of the omission. */
  readonly tags: Int32Array;
  /** All entities as the model knows them: without types where it has none. */
  readonly entities: readonly Entity[];
  /** Those that tags cannot hold, by their place. */
  readonly overlapping: readonly number[];
}

/** What tags cannot hold, or training does not have, is added to `omissions`. */
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
    if (id === undefined) report(`tokens[${i}]`, `training has no tag ${tag}; the word is left out of the omission`);
    return id ?? -1;
  });
  return { tags: ids, entities, overlapping: omitted };
}

/** The tags of sentences end to end. */
export function packTags(sentences: readonly Int32Array[]): Int32Array {
  const packed = new Int32Array(sentences.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const tags of sentences) {
    packed.set(tags, at);
    at += tags.length;
  }
  return packed;
}
