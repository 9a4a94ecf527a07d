import type { Entity, Omission, Sentence } from "../../schema/index.ts";
import { encodeTags } from "../../text/index.ts";
import type { Lexicon } from "../../vocabulary/index.ts";
import type { GoldEntities } from "../entities/entity-head.ts";
import { spanTypes } from "./span-types.ts";
import { spanCount, unitOf } from "./span-units.ts";

/**
 * The entities of a sentence as a label for each of its spans: 0 is no entity, then come the types.
 *
 * @param longest the most words of a span
 * @param omissions collects entities that spans cannot hold, and types that training lacks
 */
export function readSpans(
  sentence: Sentence,
  lexicon: Pick<Lexicon, "tags" | "typed" | "scheme">,
  longest: number,
  omissions: Omission[],
): GoldEntities {
  const entities = lexicon.typed ? sentence.entities : sentence.entities.map((entity) => ({ ...entity, type: null }));
  const words = sentence.tokens.length;
  const types = spanTypes(lexicon);
  const labels = new Int32Array(spanCount(words, longest));
  const held = new Map<number, Entity>();
  const lost: number[] = [];
  for (const [index, entity] of entities.entries()) {
    const { start, end, type } = entity;
    const report = (reason: string): void => void omissions.push({ source: sentence.id, path: `entities[${index}]`, reason });
    const unit = unitOf(entity, words, longest);
    const other = held.get(unit);
    if (unit < 0) {
      lost.push(index);
      report(`tokens ${start} to ${end} are longer than a span, which has up to ${longest} tokens`);
    } else if (other !== undefined) {
      if (other.type !== type) report(`tokens ${start} to ${end} are also ${other.type}, and a span holds one type`);
    } else {
      held.set(unit, entity);
      const place = types.indexOf(type);
      labels[unit] = place < 0 ? -1 : place + 1;
      if (place < 0) report(`training has no entity type ${type}; the loss skips the span`);
    }
  }
  const tags = flatTags(entities, words, lexicon);
  return { labels, tags, entities, lost, lostBecause: "an argument is longer than a span" };
}

/** The tag of each word; of overlapping entities, the longest counts. −1 for an unknown tag. */
export function flatTags(
  entities: readonly Entity[],
  words: number,
  { tags, scheme }: Pick<Lexicon, "tags" | "scheme">,
): Int32Array {
  return Int32Array.from(encodeTags(entities, words, scheme).tags, (tag) => tags.find(tag) ?? -1);
}
