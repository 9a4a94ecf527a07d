import { beamSearch } from "./beam-search.ts";
import { branchAndBound, type Incumbent } from "./branch-and-bound.ts";
import { type Item, isFeasible, type Problem, type Solution } from "./problem.ts";

/** Limits of a search, which bound its time. */
export interface SearchLimits {
  /** Branches of the exact search of one group of entities. */
  readonly nodes: number;
  /** Partial choices that the beam keeps when a group needs more. */
  readonly beam: number;
}

/** Groups with more items are not searched exactly, and with more still, greedily. */
const exactItems = 256;
const beamItems = 1024;

/**
 * Finds the best choice of a problem. Mentions that nothing joins, directly or through others, are
 * searched apart: groups without a conflict are taken whole, the others by branch and bound, and by
 * a beam where that reaches its limit.
 */
export function solve(problem: Problem, limits: SearchLimits): Solution {
  const options = new Int32Array(problem.options.length);
  const chosen = new Uint8Array(problem.items.length);
  let total = 0;
  let conflicts = 0;
  let method: Solution["method"] = "none";
  for (const group of groupsOf(problem)) {
    const own = partOf(problem, group);
    const all = new Uint8Array(own.items.length).fill(1);
    const first = new Int32Array(own.options.length);
    let found: Incumbent = { chosen: all, options: first, total: own.items.reduce((sum, { weight }) => sum + weight, 0) };
    if (!isFeasible(own, all, first)) {
      conflicts++;
      const searched = search(own, limits);
      found = searched.found;
      if (method !== "beam") method = searched.exact ? "exact" : "beam";
    }
    total += found.total;
    for (const [k, item] of group.items.entries()) chosen[item] = found.chosen[k] ?? 0;
    for (const [m, mention] of group.mentions.entries()) options[mention] = found.options[m] ?? 0;
  }
  return { options, chosen, total, method, conflicts };
}

function search(problem: Problem, { nodes, beam }: SearchLimits): { readonly found: Incumbent; readonly exact: boolean } {
  const size = problem.items.length;
  const { chosen, options, total } = beamSearch(problem, size <= beamItems ? beam : 1, size <= beamItems);
  const found = { chosen, options, total };
  if (size > exactItems) return { found, exact: false };
  const { best, complete } = branchAndBound(problem, found, nodes);
  return { found: best, exact: complete };
}

interface Group {
  readonly mentions: readonly number[];
  readonly items: readonly number[];
}

/** The mentions that items or limits join, directly or through others, with their items. */
function groupsOf({ options, items }: Problem): Group[] {
  const parent = Int32Array.from(options, (_, m) => m);
  const root = (mention: number): number => {
    let at = mention;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at] ?? 0] ?? 0;
      at = parent[at] ?? 0;
    }
    return at;
  };
  const holders = new Map<number, number>();
  for (const { mentions, slots } of items) {
    const own = mentions[0] ?? 0;
    for (const mention of mentions) parent[root(mention)] = root(own);
    for (const slot of slots) {
      const holder = holders.get(slot);
      if (holder === undefined) holders.set(slot, own);
      else parent[root(holder)] = root(own);
    }
  }
  const groups = new Map<number, { mentions: number[]; items: number[] }>();
  const groupOf = (mention: number): { mentions: number[]; items: number[] } => {
    const place = root(mention);
    const known = groups.get(place) ?? { mentions: [], items: [] };
    groups.set(place, known);
    return known;
  };
  for (const [k, { mentions }] of items.entries()) groupOf(mentions[0] ?? 0).items.push(k);
  for (const mention of options.keys()) if (groups.has(root(mention))) groupOf(mention).mentions.push(mention);
  return [...groups.values()];
}

/** A group as a problem of its own, with its own numbers of mentions and slots. */
function partOf({ options, items, capacities }: Problem, group: Group): Problem {
  const mentions = new Map(group.mentions.map((mention, place) => [mention, place]));
  const slots = new Map<number, number>();
  const placeOf = (mention: number): number => mentions.get(mention) ?? 0;
  const slotOf = (slot: number): number => {
    const known = slots.get(slot) ?? slots.size;
    slots.set(slot, known);
    return known;
  };
  const own = group.items.map((k): Item => {
    const item = items[k] as Item;
    return {
      weight: item.weight,
      mentions: item.mentions.map(placeOf),
      slots: item.slots.map(slotOf),
      rules: item.rules.map((rule) => ({ ...rule, head: placeOf(rule.head), tail: placeOf(rule.tail) })),
      edges: item.edges.map((edge) => ({ ...edge, from: placeOf(edge.from), to: placeOf(edge.to) })),
    };
  });
  return {
    options: group.mentions.map((mention) => options[mention] ?? new Float64Array(1)),
    items: own,
    capacities: Int32Array.from(slots.keys(), (slot) => capacities[slot] ?? 1),
  };
}
