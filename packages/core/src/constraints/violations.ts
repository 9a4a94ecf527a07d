import type { Annotation, Entity } from "../schema/index.ts";
import type { ConstraintKind, ConstraintSet } from "./constraint-set.ts";

/** Something in an annotation that breaks a constraint. */
export interface Violation {
  readonly kind: ConstraintKind;
  /** The relation type whose constraint it breaks; absent if the constraint is on all of them. */
  readonly relation?: string | undefined;
  /** Indices of the relations that break it. */
  readonly relations: readonly number[];
}

/** Finds what breaks the constraints in one sentence. */
export function violationsIn({ entities, relations }: Annotation, set: ConstraintSet): Violation[] {
  const found: Violation[] = [];
  const has = (head: number, tail: number, type: string): boolean =>
    relations.some((each) => each.head === head && each.tail === tail && each.type === type);
  const pairs = new Map<string, number[]>();
  const shared = new Map<
    string,
    { readonly kind: ConstraintKind; readonly relation: string; readonly limit: number; at: number[] }
  >();
  for (const [index, { head, tail, type }] of relations.entries()) {
    const own = set.relations[type] ?? {};
    const add = (kind: ConstraintKind, broken: boolean | undefined): void => {
      if (broken === true) found.push({ kind, relation: type, relations: [index] });
    };
    if (set.noSelf === true && head === tail) found.push({ kind: "noSelf", relations: [index] });
    const ordered = set.onePerPair === "ordered" || head <= tail;
    const pair = ordered ? `${head} ${tail}` : `${tail} ${head}`;
    pairs.set(pair, [...(pairs.get(pair) ?? []), index]);
    add("arguments", own.arguments !== undefined && !suits(own.arguments, entities[head], entities[tail]));
    add("symmetric", own.symmetric === "both" && !has(tail, head, type));
    add("symmetric", own.symmetric === "canonical" && comesBefore(entities[tail], entities[head]));
    add("inverse", own.inverse !== undefined && !has(tail, head, own.inverse));
    add("acyclic", own.acyclic === true && closesCycle(relations, index));
    for (const [kind, limit, argument] of [
      ["maxPerHead", own.maxPerHead, head],
      ["maxPerTail", own.maxPerTail, tail],
    ] as const) {
      if (limit === undefined) continue;
      const key = `${kind} ${argument} ${type}`;
      const entry = shared.get(key) ?? { kind, relation: type, limit, at: [] };
      entry.at.push(index);
      shared.set(key, entry);
    }
  }
  for (const { kind, relation, limit, at } of shared.values())
    if (at.length > limit) found.push({ kind, relation, relations: at });
  if (set.onePerPair !== undefined) {
    for (const at of pairs.values()) if (countFacts(relations, at, set) > 1) found.push({ kind: "onePerPair", relations: at });
  }
  return found;
}

/** Relations of one pair, counting a relation and what it implies in the other direction as one. */
function countFacts(relations: Annotation["relations"], at: readonly number[], set: ConstraintSet): number {
  const implied = at.filter((index, place) =>
    at.slice(0, place).some((before) => {
      const [one, other] = [relations[before], relations[index]];
      if (one === undefined || other === undefined || one.head !== other.tail || one.tail !== other.head) return false;
      const [own, its] = [set.relations[one.type], set.relations[other.type]];
      const isSame = one.type === other.type && own?.symmetric === "both";
      return isSame || own?.inverse === other.type || its?.inverse === one.type;
    }),
  );
  return at.length - implied.length;
}

function suits(allowed: readonly (readonly [string, string])[], head: Entity | undefined, tail: Entity | undefined): boolean {
  // An entity without a type may be of any.
  if (typeof head?.type !== "string" || typeof tail?.type !== "string") return true;
  return allowed.some(([one, other]) => one === head.type && other === tail.type);
}

function comesBefore(one: Entity | undefined, other: Entity | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  return one.start < other.start || (one.start === other.start && one.end < other.end);
}

function closesCycle(relations: Annotation["relations"], index: number): boolean {
  const { head, tail, type } = relations[index] as Annotation["relations"][number];
  const seen = new Set([tail]);
  for (const mention of seen) {
    for (const each of relations) if (each.type === type && each.head === mention) seen.add(each.tail);
  }
  return seen.has(head);
}
