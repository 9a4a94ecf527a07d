import type { Entity, Sentence } from "../../schema/index.ts";
import { spanKey } from "../../schema/span-keys.ts";
import type { Lexicon } from "../../vocabulary/index.ts";
import type { GoldEntities } from "../entities/entity-head.ts";
import { distinctSpans, type PairOrder } from "./candidate-pairs.ts";

/** The gold entities that labels can hold, with at most one relation for each pair of them. */
export interface GoldSpanPairs {
  /** Start and end of each entity, one after the other, in text order. */
  readonly spans: Int32Array;
  /** Head and tail, as indices of entities in `spans`, and type of each relation. */
  readonly relations: Int32Array;
}

/** Reads the gold entities and relations, and reports relations that no pair can hold. */
export function readSpanPairs(
  { relations, entities }: Sentence,
  { entities: known, lost, lostBecause }: Pick<GoldEntities, "entities" | "lost" | "lostBecause">,
  lexicon: Pick<Lexicon, "relations">,
  order: PairOrder,
  report: (path: string, reason: string) => void,
): GoldSpanPairs {
  const kept = [...known.entries()].filter(([index]) => !lost.includes(index));
  const spans = distinctSpans(kept.map(([, span]) => span));
  const placeOf = new Map(spans.map((span, place) => [spanKey(span), place]));
  const places = new Map(kept.map(([index, span]) => [index, placeOf.get(spanKey(span))]));
  const found = new Map<string, readonly [head: number, tail: number, type: number]>();
  for (const [index, { head, tail, type }] of relations.entries()) {
    const path = `relations[${index}]`;
    const id = lexicon.relations.find(type);
    const [from, to] = [places.get(head), places.get(tail)];
    if (id === undefined) report(path, `training has no relation type ${type}`);
    else if (from === undefined || to === undefined) report(path, lostBecause);
    else if (from === to) report(path, `both arguments are the entity at ${spanKey(entities[head] as Entity)}`);
    else {
      const pair = order === "ordered" ? `${from} ${to}` : `${Math.min(from, to)} ${Math.max(from, to)}`;
      if (found.has(pair)) report(path, "a pair holds one relation, and the last one wins");
      found.set(pair, [from, to, id]);
    }
  }
  return {
    spans: Int32Array.from(spans.flatMap(({ start, end }) => [start, end])),
    relations: Int32Array.from([...found.values()].flat()),
  };
}
