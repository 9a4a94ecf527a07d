import { type Counts, f1, joinKey, spanKey, typedSpanKey } from "../metrics/index.ts";
import type { Annotation, Document, Entity, Span } from "../schema/index.ts";

/** A relation with its ends in place of their numbers. */
export interface RelationItem {
  readonly type: string;
  readonly head: Entity;
  readonly tail: Entity;
}

/** The name of a type in reports. */
export function typeOf({ type }: { readonly type: string | null }): string {
  return type ?? "untyped";
}

export function relationsOf({ entities, relations }: Annotation): RelationItem[] {
  return relations.flatMap(({ head, tail, type }) => {
    const ends = [entities[head], entities[tail]] as const;
    return ends[0] === undefined || ends[1] === undefined ? [] : [{ type, head: ends[0], tail: ends[1] }];
  });
}

/** Two relations are the same to annotators if their type and the spans of their ends are. */
export function relationKey({ type, head, tail }: RelationItem): string {
  return joinKey(spanKey(head), spanKey(tail), type);
}

/** The words of a span, joined by spaces. */
export function surfaceOf({ tokens }: Document, { start, end }: Span): string {
  return tokens
    .slice(start, end)
    .map(({ text }) => text)
    .join(" ");
}

export { spanKey, typedSpanKey };

export function overlap(one: Span, other: Span): number {
  return Math.max(0, Math.min(one.end, other.end) - Math.max(one.start, other.start));
}

/** What two annotators marked, and how much of it agrees. */
export interface PairCounts {
  readonly exact: Counts;
  readonly partial: Counts;
}

/**
 * Entities agree exactly by span and type, and partially if they have the type and share a token.
 */
export function entityCounts(one: readonly Entity[], other: readonly Entity[]): PairCounts {
  const [ones, others] = [distinct(one, typedSpanKey), distinct(other, typedSpanKey)];
  const nearness = (a: Entity, b: Entity): number => (a.type === b.type ? share(a, b) : 0);
  return counts(ones, others, nearness);
}

/**
 * Relations agree exactly by type and the spans of both ends, and partially if they have the type
 * and share a token at both ends.
 */
export function relationCounts(one: readonly RelationItem[], other: readonly RelationItem[]): PairCounts {
  const [ones, others] = [distinct(one, relationKey), distinct(other, relationKey)];
  const nearness = (a: RelationItem, b: RelationItem): number =>
    a.type === b.type ? Math.min(share(a.head, b.head), share(a.tail, b.tail)) : 0;
  return counts(ones, others, nearness);
}

/** The share of two spans that both cover: 1 if they are the same, 0 if they do not touch. */
function share(one: Span, other: Span): number {
  const both = overlap(one, other);
  return both / (one.end - one.start + other.end - other.start - both);
}

function distinct<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item> {
  return new Map(items.map((item) => [keyOf(item), item]));
}

/** Each item has at most one partner; the nearest pairs go first. */
function counts<Item>(
  one: ReadonlyMap<string, Item>,
  other: ReadonlyMap<string, Item>,
  nearness: (a: Item, b: Item) => number,
): PairCounts {
  const sizes = { gold: one.size, predicted: other.size };
  const same = [...one.keys()].filter((key) => other.has(key));
  const agreed = new Set(same);
  const left = [...one].filter(([key]) => !agreed.has(key));
  const right = [...other].filter(([key]) => !agreed.has(key));
  const pairs = left.flatMap(([a, item]) =>
    right.flatMap(([b, candidate]) => {
      const near = nearness(item, candidate);
      return near > 0 ? [{ a, b, near }] : [];
    }),
  );
  pairs.sort((x, y) => y.near - x.near || (x.a < y.a ? -1 : x.a > y.a ? 1 : x.b < y.b ? -1 : 1));
  const taken = { a: new Set<string>(), b: new Set<string>() };
  for (const { a, b } of pairs) {
    if (taken.a.has(a) || taken.b.has(b)) continue;
    taken.a.add(a);
    taken.b.add(b);
  }
  return { exact: { ...sizes, correct: same.length }, partial: { ...sizes, correct: same.length + taken.a.size } };
}

/** F1 of two annotators, whichever of them is gold; null if neither marked anything. */
export function f1Of(counts: Counts): number | null {
  return counts.gold + counts.predicted === 0 ? null : f1(counts);
}
