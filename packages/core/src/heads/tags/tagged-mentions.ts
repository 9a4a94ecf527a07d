import type { Mention } from "../../constraints/index.ts";
import type { Entity } from "../../schema/index.ts";
import { encodeTags } from "../../text/index.ts";
import type { Lexicon } from "../../vocabulary/index.ts";
import { entityTypesOf } from "../../vocabulary/lexicon.ts";
import type { FoundEntities } from "../entities/entity-head.ts";
import { decodeEntities } from "./decode-entities.ts";
import type { TagDistribution } from "./tags-head.ts";

type Known = Pick<Lexicon, "tags" | "scheme" | "typed">;

/**
 * Reads entities from the best tags. Another type of an entity changes the tags of its words, and
 * weighs what that changes of ln P(tags).
 */
export function taggedMentions(lexicon: Known, distribution: TagDistribution): FoundEntities {
  const tags = distribution.best();
  const entities = decodeEntities(lexicon, tags, distribution.probabilities);
  const types = entityTypesOf(lexicon);
  const mentionOf = ({ start, end, type: own }: Entity): Mention => {
    const others = types.flatMap((type) => {
      const retagged = type === own ? undefined : tagsOf(lexicon, end - start, type);
      return retagged === undefined ? [] : [{ type, logRatio: distribution.logRatio(tags, start, retagged) }];
    });
    return { start, end, options: [{ type: own, logRatio: 0 }, ...others] };
  };
  let made: readonly Mention[] | undefined;
  const mentions = (): readonly Mention[] => (made ??= entities.map(mentionOf));
  return {
    tags,
    entities,
    mentions,
    retyped(choice) {
      const chosen = choice?.types ?? [];
      if (chosen.every((option) => option === 0)) return { tags, entities };
      const changed = tags.slice();
      const found = entities.map((entity, m) => {
        const { start, end } = entity;
        const type = mentions()[m]?.options[chosen[m] ?? 0]?.type ?? null;
        const own = type === entity.type ? undefined : tagsOf(lexicon, end - start, type);
        if (own === undefined) return entity;
        changed.set(own, start);
        return { ...entity, type, confidence: confidenceOf(lexicon, distribution, own, start) };
      });
      return { tags: changed, entities: found };
    },
  };
}

/** The tags of an entity's words, or `undefined` if training had no such tag. */
function tagsOf({ tags, scheme }: Known, length: number, type: string | null): Int32Array | undefined {
  const names = encodeTags([{ start: 0, end: length, type }], length, scheme).tags;
  const ids = Int32Array.from(names, (name) => tags.find(name) ?? -1);
  return ids.includes(-1) ? undefined : ids;
}

/** The product of the tags' probabilities, as for every entity. */
function confidenceOf({ tags }: Known, { probabilities }: TagDistribution, own: Int32Array, start: number): number {
  return own.reduce((product, tag, i) => product * (probabilities[(start + i) * tags.size + tag] ?? 0), 1);
}
