import type { Entity, Sentence } from "../../schema/index.ts";
import type { Lexicon } from "../../vocabulary/index.ts";
import type { GoldTags } from "../tags/read-tags.ts";
import { type PairOrder, spanKey } from "./candidate-pairs.ts";

/** Gold entities that tags can hold, and one relation for each pair of them. */
export interface GoldSpanPairs {
  /** Start and end in a row, in order. */
  readonly spans: Int32Array;
  /** Head and tail by their place in `spans`, and the type. */
  readonly relations: Int32Array;
}

/** Relations that no pair can hold are reported. */
export function readSpanPairs(
  { relations, entities }: Sentence,
  { entities: known, overlapping }: Pick<GoldTags, "entities" | "overlapping">,
  lexicon: Pick<Lexicon, "relations">,
  order: PairOrder,
  report: (path: string, reason: string) => void,
): GoldSpanPairs {
  const kept = [...known.entries()].filter(([index]) => !overlapping.includes(index));
  kept.sort(([, x], [, y]) => x.start - y.start);
  const places = new Map(kept.map(([index], place) => [index, place]));
  const found = new Map<string, readonly [head: number, tail: number, type: number]>();
  for (const [index, { head, tail, type }] of relations.entries()) {
    const path = `relations[${index}]`;
    const id = lexicon.relations.find(type);
    const [from, to] = [places.get(head), places.get(tail)];
    if (id === undefined) report(path, `training has no relation type ${type}`);
    else if (from === undefined || to === undefined) report(path, "an argument overlaps a longer entity");
    else if (from === to) report(path, `both arguments are the entity at ${spanKey(entities[head] as Entity)}`);
    else {
      const pair = order === "ordered" ? `${from} ${to}` : `${Math.min(from, to)} ${Math.max(from, to)}`;
      if (found.has(pair)) report(path, "the pair has a relation already; it can hold one, the last");
      found.set(pair, [from, to, id]);
    }
  }
  return {
    spans: Int32Array.from(kept.flatMap(([, { start, end }]) => [start, end])),
    relations: Int32Array.from([...found.values()].flat()),
  };
}
