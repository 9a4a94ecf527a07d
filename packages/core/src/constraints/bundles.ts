import type { ConstraintSet } from "./constraint-set.ts";
import type { ChosenRelation, Proposal, RelationCandidate } from "./proposal.ts";

/** Relations that stand or fall together, with the sum of their log-odds. */
export interface Bundle {
  /** Above 0. */
  readonly weight: number;
  readonly atoms: readonly ChosenRelation[];
  /** The groups of the candidates in it. */
  readonly groups: readonly number[];
}

/**
 * Candidates with less confidence are not asked for: at the usual threshold they would take away
 * more than a relation of 99 % brings.
 */
export const candidateFloor = 0.01;

/**
 * The types whose candidates matter below their threshold too, because a constraint ties them to
 * relations that may reach it.
 */
export function tiedTypes({ relations }: ConstraintSet): Set<string> {
  return new Set(
    Object.entries(relations).flatMap(([type, { symmetric, inverse }]) => [
      ...(symmetric === "both" ? [type] : []),
      ...(inverse === undefined ? [] : [type, inverse]),
    ]),
  );
}

/**
 * The relations that may be chosen: alone, or with those they imply. A relation that is implied but
 * was not offered counts as one at the floor, unless the model does not score its direction.
 */
export function bundlesOf(
  proposal: Proposal,
  set: ConstraintSet,
  { thresholdOf }: { readonly thresholdOf: (type: string) => number },
): Bundle[] {
  const candidates = canonical(proposal, set).filter(({ head, tail }) => set.noSelf !== true || head !== tail);
  const byKey = new Map(candidates.map((candidate) => [keyOf(candidate), candidate]));
  const limits = groupLimits(candidates, thresholdOf);
  const weightOf = (candidate: RelationCandidate): number => {
    const limit = (candidate.counts ? limits.get(candidate.group) : undefined) ?? logOdds(thresholdOf(candidate.type));
    const weight = logOdds(candidate.confidence) - limit;
    return candidate.counts ? Math.max(smallest, weight) : Math.min(-smallest, weight);
  };
  const partners = partnersIn(set);
  const done = new Set<string>();
  const bundles: Bundle[] = [];
  for (const candidate of candidates) {
    if (done.has(keyOf(candidate))) continue;
    const implied = (partners.get(candidate.type) ?? []).map((type) => ({ head: candidate.tail, tail: candidate.head, type }));
    const others = implied.filter((relation) => keyOf(relation) !== keyOf(candidate));
    const offered = others.map((relation) => byKey.get(keyOf(relation)));
    for (const each of [candidate, ...others]) done.add(keyOf(each));
    const known = [candidate, ...offered.filter((each) => each !== undefined)];
    // Labels of one group exclude each other for the model, so their log-odds are of one event.
    const together = known.every(({ group }) => group !== undefined && group === candidate.group);
    const weights = known.map(weightOf);
    const missing = proposal.oneDirection === true || together ? [] : others.filter((_, k) => offered[k] === undefined);
    const weight =
      (together ? Math.max(...weights) : weights.reduce((sum, value) => sum + value, 0)) +
      missing.reduce((sum, { type }) => sum + Math.min(-smallest, logOdds(candidateFloor) - logOdds(thresholdOf(type))), 0);
    if (weight <= 0) continue;
    const confidence = Math.max(...known.map((each) => each.confidence));
    const atoms = [candidate, ...others].map(({ head, tail, type }) => ({ head, tail, type, confidence }));
    bundles.push({ weight, atoms, groups: [...new Set(known.flatMap(({ group }) => group ?? []))] });
  }
  return bundles;
}

/** What a relation of each type implies in the other direction. */
function partnersIn({ relations }: ConstraintSet): Map<string, string[]> {
  const partners = new Map<string, Set<string>>();
  const tie = (one: string, other: string): void => void partners.set(one, (partners.get(one) ?? new Set()).add(other));
  for (const [type, { symmetric, inverse }] of Object.entries(relations)) {
    if (symmetric === "both") tie(type, type);
    if (inverse !== undefined) {
      tie(type, inverse);
      tie(inverse, type);
    }
  }
  return new Map([...partners].map(([type, others]) => [type, [...others]]));
}

/** Turns candidates of types that are written once around, and merges those that become equal. */
function canonical({ mentions, candidates }: Proposal, { relations }: ConstraintSet): RelationCandidate[] {
  const merged = new Map<string, RelationCandidate>();
  for (const candidate of candidates) {
    const { head, tail, type } = candidate;
    const turns = relations[type]?.symmetric === "canonical" && isBefore(mentions[tail], mentions[head]);
    const turned = turns ? { ...candidate, head: tail, tail: head } : candidate;
    const key = keyOf(turned);
    const known = merged.get(key);
    if (known === undefined) merged.set(key, turned);
    else {
      const surer = turned.confidence > known.confidence ? turned : known;
      merged.set(key, { ...surer, counts: known.counts || turned.counts });
    }
  }
  return [...merged.values()];
}

function isBefore(one: Proposal["mentions"][number] | undefined, other: Proposal["mentions"][number] | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  return one.start < other.start || (one.start === other.start && one.end < other.end);
}

/**
 * The log-odds that weights are counted from in each group: the lowest threshold of its candidates
 * that count, so that the most confident of them weighs most whatever its threshold is.
 */
function groupLimits(
  candidates: readonly RelationCandidate[],
  thresholdOf: (type: string) => number,
): ReadonlyMap<number | undefined, number> {
  const limits = new Map<number | undefined, number>();
  for (const { group, counts, type } of candidates) {
    if (group === undefined || !counts) continue;
    limits.set(group, Math.min(limits.get(group) ?? Infinity, logOdds(thresholdOf(type))));
  }
  return limits;
}

/** The weight of a relation exactly at its threshold, which counts. */
const smallest = 1e-6;

/** ln p/(1 − p), finite for 0 and 1. */
function logOdds(probability: number): number {
  const bounded = Math.min(1 - 1e-7, Math.max(1e-7, probability));
  return Math.log(bounded / (1 - bounded));
}

function keyOf({ head, tail, type }: Pick<RelationCandidate, "head" | "tail" | "type">): string {
  return `${head} ${tail} ${type}`;
}
