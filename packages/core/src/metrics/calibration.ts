import type { Candidate } from "./candidates.ts";

/** A slice of confidences: how many candidates fall in it, how sure they are on average, and how many of them are right. */
export interface ReliabilityBin {
  readonly low: number;
  readonly high: number;
  readonly count: number;
  /** Mean confidence; 0 where the bin is empty. */
  readonly confidence: number;
  /** Share that is right; 0 where the bin is empty. */
  readonly accuracy: number;
}

/** How far confidences can be taken for probabilities. */
export interface Reliability {
  readonly bins: readonly ReliabilityBin[];
  /** Mean distance between confidence and share of right ones over the bins, weighted by their candidates (Guo et al. 2017, eq. 5). */
  readonly expectedCalibrationError: number;
  /** Mean −ln of the probability given to what is the case; 0 without candidates. */
  readonly negativeLogLikelihood: number;
}

type Judged = Pick<Candidate, "confidence" | "correct">;

/** @param count bins of equal width; the last one holds 1 as well */
export function reliability(candidates: readonly Judged[], count = 10): Reliability {
  const sums = Array.from({ length: count }, () => ({ count: 0, confidence: 0, correct: 0 }));
  let loss = 0;
  for (const { confidence, correct } of candidates) {
    const sum = sums[Math.min(count - 1, Math.floor(confidence * count))];
    if (sum === undefined) continue;
    sum.count++;
    sum.confidence += confidence;
    sum.correct += correct ? 1 : 0;
    loss -= Math.log(Math.max(leastProbability, correct ? confidence : 1 - confidence));
  }
  const total = Math.max(1, candidates.length);
  const bins = sums.map((sum, k) => ({
    low: k / count,
    high: (k + 1) / count,
    count: sum.count,
    confidence: sum.count === 0 ? 0 : sum.confidence / sum.count,
    accuracy: sum.count === 0 ? 0 : sum.correct / sum.count,
  }));
  return {
    bins,
    expectedCalibrationError: bins.reduce((all, bin) => all + (bin.count / total) * Math.abs(bin.confidence - bin.accuracy), 0),
    negativeLogLikelihood: loss / total,
  };
}

/** A confidence made milder (temperature above 1) or sharper (below 1): σ(logit(c) / T). One half stays one half. */
export function atTemperature(confidence: number, temperature: number): number {
  if (temperature === 1 || confidence <= 0 || confidence >= 1) return confidence;
  return 1 / (1 + ((1 - confidence) / confidence) ** (1 / temperature));
}

/** Temperatures are looked for between these two; candidates that a threshold separates without error have no best one. */
export const temperatureRange = { low: 0.1, high: 10 } as const;

/**
 * The temperature at which the candidates' negative log-likelihood is smallest (Guo et al. 2017, §4.2); 1 without candidates.
 *
 * In β = 1/T the loss is convex: Σ −ln σ(±β·z) with z = logit(c), whose slope Σ z (σ(βz) − y) rises, so halving finds its zero.
 */
export function fitTemperature(candidates: readonly Judged[]): number {
  const informative = candidates.map(({ confidence, correct }) => {
    const bounded = Math.min(1 - leastProbability, Math.max(leastProbability, confidence));
    return { z: Math.log(bounded / (1 - bounded)), y: correct ? 1 : 0 };
  });
  if (informative.every(({ z }) => z === 0)) return 1;
  const slope = (beta: number): number => informative.reduce((sum, { z, y }) => sum + z * (1 / (1 + Math.exp(-beta * z)) - y), 0);
  let [low, high] = [1 / temperatureRange.high, 1 / temperatureRange.low];
  if (slope(low) >= 0) return temperatureRange.high;
  if (slope(high) <= 0) return temperatureRange.low;
  for (let k = 0; k < halvings; k++) {
    const middle = (low + high) / 2;
    if (slope(middle) < 0) low = middle;
    else high = middle;
  }
  return 2 / (low + high);
}

/** Enough to reach the last bit of β. */
const halvings = 60;

/** A confidence of 0 or 1 that is wrong would make every sum infinite. */
const leastProbability = 1e-12;
