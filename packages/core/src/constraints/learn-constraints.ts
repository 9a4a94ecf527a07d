import type { Entity, Relation, Sentence } from "../schema/index.ts";
import {
  type ConstraintKind,
  type ConstraintSet,
  constraintKinds,
  type Evidence,
  type RelationConstraints,
} from "./constraint-set.ts";

/** When a constraint counts as learnt. */
export interface LearnOptions {
  /** The minimum number of cases that could have broken it; defaults to 20. */
  readonly minSupport?: number | undefined;
  /** The maximum share of these cases that break it, 0 to 1; defaults to 0. */
  readonly maxViolations?: number | undefined;
  /** The kinds to learn; defaults to all. */
  readonly kinds?: readonly ConstraintKind[] | undefined;
}

/** A count that is not a constraint says only how many relations there are. */
const mostPerArgument = 3;

/**
 * Learns the constraints that annotated sentences keep, with counts: each has at least `minSupport`
 * cases that could have broken it, and at most a share of `maxViolations` that did.
 *
 * What counts as a case: a relation for its argument types, for having a reverse or an inverse, and
 * for its direction; a pair of related entities for having one relation; an argument that could
 * have had more relations, since another entity of a suitable type is in the sentence; a relation
 * whose argument types may be swapped for cycles.
 */
export function learnConstraints(sentences: readonly Sentence[], options: LearnOptions = {}): ConstraintSet {
  const { minSupport = 20, maxViolations = 0, kinds = constraintKinds } = options;
  const facts = sentences.map((sentence) => factsOf(sentence));
  const holds = (found: Evidence): boolean => found.support >= minSupport && found.violations <= maxViolations * found.support;
  const learns = (kind: ConstraintKind): boolean => kinds.includes(kind);
  const byType = groupedByType(facts);
  const types = [...byType.keys()].sort();
  const relations: Record<string, RelationConstraints> = {};
  const inverses = learns("inverse") ? inversesIn(facts, types, holds) : new Map<string, Learnt<string>>();
  for (const type of types) {
    const own: RelationConstraints = {};
    const evidence: Partial<Record<ConstraintKind, Evidence>> = {};
    const set = <Kind extends Exclude<ConstraintKind, "onePerPair" | "noSelf">>(
      kind: Kind,
      learnt: Learnt<NonNullable<RelationConstraints[Kind]>> | undefined,
    ): void => {
      if (learnt === undefined || !learns(kind) || !holds(learnt.evidence)) return;
      own[kind] = learnt.value;
      evidence[kind] = learnt.evidence;
    };
    const having = byType.get(type) ?? [];
    const pairs = argumentPairs(having, type);
    set("arguments", argumentsOf(pairs, maxViolations));
    set("maxPerHead", mostPer(having, type, pairs, "head", maxViolations));
    set("maxPerTail", mostPer(having, type, pairs, "tail", maxViolations));
    set("symmetric", symmetryOf(having, type));
    if (own.symmetric === undefined) set("inverse", inverses.get(type));
    if (own.symmetric === undefined && own.inverse === undefined) set("symmetric", directionOf(having, type, pairs));
    if (own.symmetric !== "both") set("acyclic", cyclesOf(having, type, pairs));
    if (Object.keys(own).length > 0) relations[type] = { ...own, evidence };
  }
  const whole: ConstraintSet = { relations };
  const evidence: Partial<Record<ConstraintKind, Evidence>> = {};
  const onePerPair = [onePerPairOf(facts, "unordered"), onePerPairOf(facts, "ordered")].find((each) => holds(each.evidence));
  if (onePerPair !== undefined && learns("onePerPair")) {
    whole.onePerPair = onePerPair.value;
    evidence.onePerPair = onePerPair.evidence;
  }
  const self = noSelfOf(facts);
  if (learns("noSelf") && holds(self)) {
    whole.noSelf = true;
    evidence.noSelf = self;
  }
  return Object.keys(evidence).length === 0 ? whole : { ...whole, evidence };
}

interface Learnt<Value> {
  readonly value: Value;
  readonly evidence: Evidence;
}

/** A sentence without relations that occur twice, or whose arguments are missing. */
interface Facts {
  readonly entities: readonly Entity[];
  readonly relations: readonly Relation[];
  /** `head tail type` of each relation. */
  readonly keys: ReadonlySet<string>;
}

function factsOf({ entities, relations }: Sentence): Facts {
  const distinct = new Map<string, Relation>();
  for (const relation of relations) {
    if (entities[relation.head] === undefined || entities[relation.tail] === undefined) continue;
    distinct.set(keyOf(relation.head, relation.tail, relation.type), relation);
  }
  return { entities, relations: [...distinct.values()], keys: new Set(distinct.keys()) };
}

/** The sentences that have a relation of each type. */
function groupedByType(facts: readonly Facts[]): Map<string, Facts[]> {
  const groups = new Map<string, Facts[]>();
  for (const each of facts) {
    for (const type of new Set(each.relations.map((relation) => relation.type))) {
      const known = groups.get(type);
      if (known === undefined) groups.set(type, [each]);
      else known.push(each);
    }
  }
  return groups;
}

function keyOf(head: number, tail: number, type: string): string {
  return `${head} ${tail} ${type}`;
}

/** How often a relation joins each pair of entity types; `undefined` if one has no type. */
type ArgumentPairs = ReadonlyMap<string, { readonly pair: readonly [string, string]; readonly count: number }> | undefined;

function argumentPairs(facts: readonly Facts[], type: string): ArgumentPairs {
  const counts = new Map<string, { readonly pair: readonly [string, string]; readonly count: number }>();
  for (const [{ entities }, relation] of relationsOf(facts, type)) {
    const [head, tail] = [entities[relation.head]?.type, entities[relation.tail]?.type];
    if (typeof head !== "string" || typeof tail !== "string") return undefined;
    const key = pairKey(head, tail);
    counts.set(key, { pair: [head, tail], count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return counts;
}

function pairKey(head: string, tail: string): string {
  return JSON.stringify([head, tail]);
}

/** The most frequent pairs, as few as hold all but the allowed share of the relations. */
function argumentsOf(pairs: ArgumentPairs, maxViolations: number): Learnt<[string, string][]> | undefined {
  if (pairs === undefined || pairs.size === 0) return undefined;
  const sorted = [...pairs.values()].sort((a, b) => b.count - a.count || (pairKey(...a.pair) < pairKey(...b.pair) ? -1 : 1));
  const support = sorted.reduce((sum, { count }) => sum + count, 0);
  let violations = 0;
  while (sorted.length > 1 && violations + (sorted.at(-1)?.count ?? 0) <= maxViolations * support) {
    violations += sorted.pop()?.count ?? 0;
  }
  return { value: sorted.map(({ pair: [head, tail] }) => [head, tail]), evidence: { support, violations } };
}

/** The number of relations that all but the allowed share of the arguments keep to. */
function mostPer(
  facts: readonly Facts[],
  type: string,
  pairs: ArgumentPairs,
  side: "head" | "tail",
  maxViolations: number,
): Learnt<number> | undefined {
  const counts: number[] = [];
  for (const { entities, relations } of facts) {
    const own = new Map<number, number>();
    for (const relation of relations) if (relation.type === type) own.set(relation[side], (own.get(relation[side]) ?? 0) + 1);
    for (const [argument, count] of own) {
      const partners = entities.filter((other, index) => {
        const [head, tail] = side === "head" ? [entities[argument], other] : [other, entities[argument]];
        return index !== argument && (pairs === undefined || pairs.has(pairKey(head?.type ?? "", tail?.type ?? "")));
      });
      if (partners.length > 1) counts.push(count);
    }
  }
  for (let most = 1; most <= mostPerArgument; most++) {
    const violations = counts.filter((count) => count > most).length;
    if (violations <= maxViolations * counts.length) return { value: most, evidence: { support: counts.length, violations } };
  }
  return undefined;
}

function symmetryOf(facts: readonly Facts[], type: string): Learnt<"both"> {
  const all = relationsOf(facts, type).filter(([, { head, tail }]) => head !== tail);
  const violations = all.filter(([{ keys }, { head, tail }]) => !keys.has(keyOf(tail, head, type))).length;
  return { value: "both", evidence: { support: all.length, violations } };
}

/**
 * Whether the first entity is always the head, of types that would allow the other direction. It
 * is not learnt without types: a relation whose head usually comes first may still have a meaning
 * that a swap would change.
 */
function directionOf(facts: readonly Facts[], type: string, pairs: ArgumentPairs): Learnt<"canonical"> {
  const all = pairs === undefined ? [] : swappable(facts, type, pairs);
  const violations = all.filter(([{ entities }, { head, tail }]) => startOf(entities[head]) > startOf(entities[tail])).length;
  return { value: "canonical", evidence: { support: all.length, violations } };
}

function startOf(entity: Entity | undefined): number {
  return entity?.start ?? 0;
}

/** Whether relations form no cycle, of types that would allow one. */
function cyclesOf(facts: readonly Facts[], type: string, pairs: ArgumentPairs): Learnt<boolean> {
  const all = swappable(facts, type, pairs);
  const violations = all.filter(([{ relations }, { head, tail }]) => reaches(relations, type, tail, head)).length;
  return { value: true, evidence: { support: all.length, violations } };
}

function reaches(relations: readonly Relation[], type: string, from: number, to: number): boolean {
  const seen = new Set([from]);
  for (const mention of seen) {
    for (const relation of relations) if (relation.type === type && relation.head === mention) seen.add(relation.tail);
  }
  return seen.has(to);
}

/** The relations of a type whose argument types also occur the other way round. */
function swappable(facts: readonly Facts[], type: string, pairs: ArgumentPairs): (readonly [Facts, Relation])[] {
  return relationsOf(facts, type).filter(([{ entities }, { head, tail }]) => {
    if (head === tail) return false;
    return pairs === undefined || pairs.has(pairKey(entities[tail]?.type ?? "", entities[head]?.type ?? ""));
  });
}

function inversesIn(
  facts: readonly Facts[],
  types: readonly string[],
  holds: (evidence: Evidence) => boolean,
): Map<string, Learnt<string>> {
  const counts = new Map<string, number>();
  const reversed = new Map<string, number>();
  for (const { relations, keys } of facts) {
    for (const { head, tail, type } of relations) {
      counts.set(type, (counts.get(type) ?? 0) + 1);
      for (const other of head === tail ? [] : types) {
        if (other === type || !keys.has(keyOf(tail, head, other))) continue;
        const key = pairKey(type, other);
        reversed.set(key, (reversed.get(key) ?? 0) + 1);
      }
    }
  }
  const found = new Map<string, Learnt<string>>();
  for (const [key, both] of [...reversed].sort(([, a], [, b]) => b - a)) {
    const [type, other] = JSON.parse(key) as [string, string];
    const support = (counts.get(type) ?? 0) + (counts.get(other) ?? 0) - both;
    const evidence = { support, violations: support - both };
    if (!holds(evidence) || found.has(type) || found.has(other)) continue;
    found.set(type, { value: other, evidence });
    found.set(other, { value: type, evidence });
  }
  return found;
}

function onePerPairOf<Order extends "unordered" | "ordered">(facts: readonly Facts[], order: Order): Learnt<Order> {
  let [support, violations] = [0, 0];
  for (const { relations } of facts) {
    const counts = new Map<string, number>();
    for (const { head, tail } of relations) {
      const key = order === "ordered" ? `${head} ${tail}` : `${Math.min(head, tail)} ${Math.max(head, tail)}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    for (const count of counts.values()) {
      support++;
      if (count > 1) violations++;
    }
  }
  return { value: order, evidence: { support, violations } };
}

function noSelfOf(facts: readonly Facts[]): Evidence {
  const all = facts.flatMap(({ relations }) => relations);
  return { support: all.length, violations: all.filter(({ head, tail }) => head === tail).length };
}

function relationsOf(facts: readonly Facts[], type: string): (readonly [Facts, Relation])[] {
  return facts.flatMap((each) =>
    each.relations.filter((relation) => relation.type === type).map((relation) => [each, relation] as const),
  );
}
