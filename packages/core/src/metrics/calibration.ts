import type { Candidate } from "./relation-candidates.ts";

/**
 * A slice of confidences: how many candidates fall in it, how sure they are on average, and how
 * many of them are right.
 */
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
  /**
   * Mean distance between confidence and share of right ones over the bins, weighted by their
   * candidates (Guo et al. 2017, eq. 5).
   */
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
    loss -= Math.log(Math.max(minProbability, correct ? confidence : 1 - confidence));
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

/**
 * How confidences become probabilities: σ(logit(c) / temperature + shift) (Platt 1999; without the
 * shift, Guo et al. 2017).
 */
export interface Scaling {
  /** Above 1 makes confidences milder, below 1 sharper; above 0, so that their order stays. */
  readonly temperature: number;
  /**
   * Below 0 makes all of them less sure, which a temperature, that keeps one half as it is, cannot.
   */
  readonly shift: number;
}

export const noScaling: Scaling = { temperature: 1, shift: 0 };

export function scaleConfidence(confidence: number, { temperature, shift }: Scaling): number {
  if (confidence <= 0 || confidence >= 1 || (temperature === 1 && shift === 0)) return confidence;
  return 1 / (1 + Math.exp(-shift) * ((1 - confidence) / confidence) ** (1 / temperature));
}

/** The scaling that takes another one back. */
export function inverseScaling({ temperature, shift }: Scaling): Scaling {
  return { temperature: 1 / temperature, shift: -temperature * shift };
}

/** Temperatures that are given; a model whose confidences say nothing would have an endless one. */
export const temperatureRange = { low: 0.1, high: 10 } as const;

/**
 * The scaling at which the candidates' negative log-likelihood is smallest; none without
 * candidates.
 *
 * A logistic regression on z = logit(c) with slope β = 1/T and intercept b, convex in both, found
 * by Newton's method. A term ½(β − 1)² + ½b², worth about one candidate, holds it near what the
 * model says where there are few of them or a threshold separates them without error.
 */
export function fitScaling(candidates: readonly Judged[]): Scaling {
  const points = candidates.map(({ confidence, correct }) => {
    const bounded = Math.min(1 - minProbability, Math.max(minProbability, confidence));
    return { z: Math.log(bounded / (1 - bounded)), y: correct ? 1 : 0 };
  });
  const [beta, shift] = minimum(points, [1, 0], true);
  const bounded = Math.min(1 / temperatureRange.low, Math.max(1 / temperatureRange.high, beta));
  if (bounded === beta) return { temperature: 1 / beta, shift };
  return { temperature: 1 / bounded, shift: minimum(points, [bounded, shift], false)[1] };
}

type Coefficients = readonly [beta: number, shift: number];

/**
 * Newton's method with halved steps where a whole one overshoots.
 *
 * @param free whether β may move, or the shift alone
 */
function minimum(points: readonly { z: number; y: number }[], start: Coefficients, free: boolean): Coefficients {
  const lossAt = ([beta, shift]: Coefficients): number =>
    points.reduce(
      (sum, { z, y }) => sum + softplus(beta * z + shift) - y * (beta * z + shift),
      ((beta - 1) ** 2 + shift ** 2) / 2,
    );
  let here = start;
  let loss = lossAt(here);
  for (let step = 0; step < maxSteps; step++) {
    const [beta, shift] = here;
    let [slopeBeta, slopeShift, curveBeta, curveBoth, curveShift] = [beta - 1, shift, 1, 0, 1];
    for (const { z, y } of points) {
      const p = 1 / (1 + Math.exp(-(beta * z + shift)));
      const weight = p * (1 - p);
      slopeBeta += (p - y) * z;
      slopeShift += p - y;
      curveBeta += weight * z * z;
      curveBoth += weight * z;
      curveShift += weight;
    }
    const determinant = curveBeta * curveShift - curveBoth * curveBoth;
    const moveBeta = free ? (curveShift * slopeBeta - curveBoth * slopeShift) / determinant : 0;
    const moveShift = free ? (curveBeta * slopeShift - curveBoth * slopeBeta) / determinant : slopeShift / curveShift;
    let share = 1;
    let next: Coefficients = here;
    let reached = loss;
    for (; share > minShare; share /= 2) {
      next = [beta - share * moveBeta, shift - share * moveShift];
      reached = lossAt(next);
      if (reached <= loss) break;
    }
    if (share <= minShare || loss - reached <= 1e-12 * Math.abs(loss)) return reached <= loss ? next : here;
    [here, loss] = [next, reached];
  }
  return here;
}

/** ln(1 + eˣ) without overflow. */
function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

const maxSteps = 100;
const minShare = 2 ** -30;

/** A confidence of 0 or 1 that is wrong would make every sum infinite. */
const minProbability = 1e-12;
