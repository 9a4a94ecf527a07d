import { type Bundle, bundlesOf } from "./bundles.ts";
import type { ConstraintSet } from "./constraint-set.ts";
import { type Item, maxOptions, type Problem, type TypeRule } from "./problem.ts";
import type { Choice, ChosenRelation, Mention, Proposal } from "./proposal.ts";
import { type SearchLimits, solve } from "./solve.ts";

/** How constraints are applied. */
export interface DecodeOptions extends SearchLimits {
  /** Whether an entity may get another type where that lets a relation stand. */
  readonly entityTypes: "joint" | "fixed";
  /** The minimum confidence of a relation type, 0 to 1. */
  readonly thresholdOf: (type: string) => number;
}

/**
 * Gets `decode` ready, in programs that fetch it. It is part of this program, so there is nothing
 * to do.
 */
export async function fetchDecode(): Promise<void> {
  // Nothing to fetch.
}

/**
 * Chooses the relations, and the types of the entities, that meet all constraints and have the
 * highest sum of log-odds: ln p/(1 − p) of each relation less that of its threshold, and ln of each
 * entity type's probability over that of the model's own choice (a small integer program, as Roth
 * and Yih 2004 choose entities and relations).
 *
 * Relations that no constraint rules out are those that the model finds without constraints.
 */
export function decode(proposal: Proposal, set: ConstraintSet, options: DecodeOptions): Choice {
  const { mentions } = proposal;
  const bundles = bundlesOf(proposal, set, options);
  const incident = new Float64Array(mentions.length);
  for (const { weight, atoms } of bundles) {
    for (const mention of mentionsIn(atoms)) incident[mention] = (incident[mention] ?? 0) + weight;
  }
  const retypes = options.entityTypes === "joint" && hasArguments(set);
  const kept = mentions.map((mention, m) => (retypes ? worthwhile(mention, incident[m] ?? 0) : [0]));
  const problem = problemOf(mentions, kept, bundles, set);
  const solution = solve(problem, options);
  const relations = bundles.flatMap(({ atoms }, k): readonly ChosenRelation[] => (solution.chosen[k] === 1 ? atoms : []));
  return {
    types: kept.map((own, m) => own[solution.options[m] ?? 0] ?? 0),
    relations: inOrder(relations, proposal),
    search: { method: solution.method, conflicts: solution.conflicts },
  };
}

function hasArguments({ relations }: ConstraintSet): boolean {
  return Object.values(relations).some((own) => own.arguments !== undefined);
}

/** The options that may pay: others cost more than all relations of the mention bring. */
function worthwhile({ options }: Mention, gain: number): number[] {
  const paying = [...options.keys()].filter((k) => k > 0 && (options[k]?.logRatio ?? 0) > -gain);
  paying.sort((a, b) => (options[b]?.logRatio ?? 0) - (options[a]?.logRatio ?? 0) || a - b);
  return [0, ...paying.slice(0, maxOptions - 1)];
}

/** @param kept the options that each mention may have */
function problemOf(
  mentions: readonly Mention[],
  kept: readonly (readonly number[])[],
  bundles: readonly Bundle[],
  set: ConstraintSet,
): Problem {
  const capacities: number[] = [];
  const slots = new Map<string, number>();
  const slotOf = (key: string, capacity: number): number => {
    const known = slots.get(key);
    if (known !== undefined) return known;
    slots.set(key, capacities.length);
    return capacities.push(capacity) - 1;
  };
  const types = new Map(Object.keys(set.relations).map((type, index) => [type, index]));
  const ruleOf = ruleMaker(mentions, kept, set);
  const items = bundles.map(({ weight, atoms, groups }): Item => {
    const taken = new Set<number>();
    const rules: TypeRule[] = [];
    for (const group of groups) taken.add(slotOf(`group ${group}`, 1));
    for (const { head, tail, type } of atoms) {
      const own = set.relations[type];
      if (set.onePerPair === "ordered") taken.add(slotOf(`pair ${head} ${tail}`, 1));
      if (set.onePerPair === "unordered") taken.add(slotOf(`pair ${Math.min(head, tail)} ${Math.max(head, tail)}`, 1));
      if (own?.maxPerHead !== undefined) taken.add(slotOf(`head ${head} ${type}`, own.maxPerHead));
      if (own?.maxPerTail !== undefined) taken.add(slotOf(`tail ${tail} ${type}`, own.maxPerTail));
      const rule = ruleOf(head, tail, type);
      if (rule !== undefined) rules.push(rule);
    }
    const edges = atoms.flatMap(({ head, tail, type }) =>
      set.relations[type]?.acyclic === true ? [{ type: types.get(type) ?? 0, from: head, to: tail }] : [],
    );
    return { weight, mentions: mentionsIn(atoms), slots: [...taken], rules, edges };
  });
  return {
    options: kept.map((own, m) => Float64Array.from(own, (k) => Math.min(0, mentions[m]?.options[k]?.logRatio ?? 0))),
    items,
    capacities: Int32Array.from(capacities),
  };
}

/** Makes the rule for the argument types of a relation; none without such a constraint. */
function ruleMaker(
  mentions: readonly Mention[],
  kept: readonly (readonly number[])[],
  { relations }: ConstraintSet,
): (head: number, tail: number, type: string) => TypeRule | undefined {
  const known = new Map(Object.entries(relations).map(([type, own]) => [type, tailsByHead(own.arguments)]));
  return (head, tail, type) => {
    const pairs = known.get(type);
    if (pairs === undefined) return undefined;
    const typeOf = (mention: number, k: number): string | null => mentions[mention]?.options[k]?.type ?? null;
    // An entity without a type may be of any.
    const suits = (one: string | null, other: string | null): boolean =>
      one === null || other === null || pairs.get(one)?.has(other) === true;
    const allowed = Int32Array.from(kept[head] ?? [], (h) =>
      (kept[tail] ?? []).reduce((bits, t, place) => bits | (suits(typeOf(head, h), typeOf(tail, t)) ? 1 << place : 0), 0),
    );
    if (head !== tail) return { head, tail, allowed };
    // Both arguments are one entity, whose types agree.
    return { head, tail, allowed: allowed.map((bits, place) => bits & (1 << place)) };
  };
}

function tailsByHead(pairs: readonly (readonly [string, string])[] | undefined): Map<string, Set<string>> | undefined {
  if (pairs === undefined) return undefined;
  const tails = new Map<string, Set<string>>();
  for (const [head, tail] of pairs) tails.set(head, (tails.get(head) ?? new Set()).add(tail));
  return tails;
}

function mentionsIn(atoms: readonly ChosenRelation[]): number[] {
  return [...new Set(atoms.flatMap(({ head, tail }) => [head, tail]))];
}

/** In the order of the candidates; what follows from a constraint comes after. */
function inOrder(relations: readonly ChosenRelation[], { candidates }: Proposal): ChosenRelation[] {
  const keyOf = ({ head, tail, type }: Pick<ChosenRelation, "head" | "tail" | "type">): string => `${head} ${tail} ${type}`;
  const places = new Map(candidates.map((candidate, place) => [keyOf(candidate), place]));
  return relations.toSorted((a, b) => (places.get(keyOf(a)) ?? Infinity) - (places.get(keyOf(b)) ?? Infinity) || 0);
}
