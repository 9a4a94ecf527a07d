import { addCounts, type Counts, f1, noCounts, type Score, score } from "./counts.ts";
import type { Candidate, CandidateSet } from "./relation-candidates.ts";

/** The minimum probability of a relation: one for all types, or one per type. */
export type Thresholds = number | Readonly<Record<string, number>>;

/** The threshold of one type; 0.5 for a type that training lacks. */
export function thresholdOf(thresholds: Thresholds, type: string): number {
  return typeof thresholds === "number" ? thresholds : (thresholds[type] ?? 0.5);
}

/** The score at a threshold, which keeps all candidates with at least that confidence. */
export interface OperatingPoint extends Score {
  readonly threshold: number;
}

/**
 * The operating points of some candidates, from the highest threshold to the lowest. Each keeps
 * more candidates than the one before.
 */
export function operatingPoints({ candidates, gold }: Pick<CandidateSet, "candidates" | "gold">): OperatingPoint[] {
  const total = [...gold.values()].reduce((sum, count) => sum + count, 0);
  const sorted = candidates.toSorted((x, y) => y.confidence - x.confidence);
  const points: OperatingPoint[] = [];
  let correct = 0;
  for (const [index, candidate] of sorted.entries()) {
    if (candidate.correct) correct++;
    const next = sorted[index + 1]?.confidence ?? 0;
    if (next === candidate.confidence) continue;
    const threshold = roundedDown(candidate.confidence, next);
    points.push({ threshold, ...score({ predicted: index + 1, gold: total, correct }) });
  }
  return points;
}

/**
 * The point with the best F1; ties go to the highest threshold. Undefined if there are no points.
 */
export function bestPoint(points: readonly OperatingPoint[]): OperatingPoint | undefined {
  return points.reduce<OperatingPoint | undefined>(
    (best, point) => (best === undefined || point.f1 > best.f1 ? point : best),
    undefined,
  );
}

/**
 * The point with the best recall among those with at least this precision, or else the point with
 * the best precision.
 */
export function pointOfPrecision(points: readonly OperatingPoint[], precision: number): OperatingPoint | undefined {
  const reached = points.findLast((point) => point.precision >= precision);
  if (reached !== undefined) return reached;
  return points.reduce<OperatingPoint | undefined>(
    (best, point) => (best === undefined || point.precision > best.precision ? point : best),
    undefined,
  );
}

/**
 * Chooses a threshold for each type. To maximise F1 over all types together, the search starts from
 * the best common threshold and moves one type at a time to where it helps most, until no move
 * helps; ties go to the highest threshold. With a precision, every type must reach it by itself. A
 * type without gold items gives no evidence and keeps the common threshold.
 *
 * @param types all types that the model knows
 */
export function thresholdsByType(
  set: CandidateSet,
  types: readonly string[],
  goal: { readonly precision?: number | undefined } = {},
): Record<string, number> {
  const common = chosen(operatingPoints(set), goal.precision)?.threshold ?? 0.5;
  const thresholds = new Map(types.map((type) => [type, common]));
  const own = new Map(
    types.flatMap((type) => {
      const gold = set.gold.get(type) ?? 0;
      const candidates = set.candidates.filter((candidate) => candidate.type === type);
      if (gold === 0 || candidates.length === 0) return [];
      const points = operatingPoints({ candidates, gold: new Map([[type, gold]]) });
      return [[type, [nothing(candidates, gold), ...points]] as const];
    }),
  );
  for (const [type, points] of goal.precision === undefined ? [] : own) {
    thresholds.set(type, chosen(points.slice(1), goal.precision)?.threshold ?? common);
  }
  const gold = [...set.gold.values()].reduce((sum, count) => sum + count, 0);
  for (let moved = goal.precision === undefined; moved; ) {
    moved = false;
    for (const [type, points] of own) {
      const others = countsAt(set, (candidate) => candidate.type !== type && isKept(candidate, thresholds));
      const worth = ({ predicted, correct }: Counts): number =>
        f1({ predicted: others.predicted + predicted, correct: others.correct + correct, gold });
      const current = countsAt(set, (candidate) => candidate.type === type && isKept(candidate, thresholds));
      const best = points.reduce((top, point) => (worth(point) > worth(top) ? point : top));
      if (worth(best) <= worth(current)) continue;
      thresholds.set(type, best.threshold);
      moved = true;
    }
  }
  return Object.fromEntries(thresholds);
}

function chosen(points: readonly OperatingPoint[], precision: number | undefined): OperatingPoint | undefined {
  return precision === undefined ? bestPoint(points) : pointOfPrecision(points, precision);
}

/** A threshold above every candidate. */
function nothing(candidates: readonly Candidate[], gold: number): OperatingPoint {
  const top = candidates.reduce((max, { confidence }) => Math.max(max, confidence), 0);
  const threshold = Math.min(1, (Math.floor(top * steps) + 1) / steps);
  const kept = candidates.filter(({ confidence }) => confidence >= threshold);
  const correct = kept.filter((candidate) => candidate.correct).length;
  return { threshold, ...score({ predicted: kept.length, gold, correct }) };
}

function isKept({ type, confidence }: Candidate, thresholds: ReadonlyMap<string, number>): boolean {
  return confidence >= (thresholds.get(type) ?? 0.5);
}

function countsAt({ candidates }: CandidateSet, keeps: (candidate: Candidate) => boolean): Counts {
  return candidates.reduce(
    (sum, candidate) => (keeps(candidate) ? addCounts(sum, { predicted: 1, gold: 0, correct: candidate.correct ? 1 : 0 }) : sum),
    noCounts,
  );
}

const steps = 10_000;

/**
 * Rounds to four decimals if that still separates the two values: easier to read, and robust to the
 * last bits on another processor.
 */
function roundedDown(confidence: number, next: number): number {
  const rounded = Math.floor(confidence * steps) / steps;
  return rounded > next ? rounded : confidence;
}
