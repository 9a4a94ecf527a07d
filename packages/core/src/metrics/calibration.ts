import type { Candidate } from "./relation-candidates.ts";

/**
 * A bin of confidences: its number of candidates, their mean confidence, and the share that is
 * correct.
 */
export interface ReliabilityBin {
  readonly low: number;
  readonly high: number;
  readonly count: number;
  /** Mean confidence; 0 for an empty bin. */
  readonly confidence: number;
  /** Share that is correct; 0 for an empty bin. */
  readonly accuracy: number;
}

/** How well confidences work as probabilities. */
export interface Reliability {
  readonly bins: readonly ReliabilityBin[];
  /**
   * Mean distance between confidence and accuracy over the bins, weighted by their number of
   * candidates (Guo et al. 2017, eq. 5).
   */
  readonly expectedCalibrationError: number;
  /** Mean −ln of the probability assigned to the actual outcome; 0 without candidates. */
  readonly negativeLogLikelihood: number;
}

type Judged = Pick<Candidate, "confidence" | "correct">;

/**
 * Measures how well confidences match accuracy.
 *
 * @param count number of bins of equal width; the last one includes 1
 */
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
 * A map from confidences to probabilities: σ(logit(c) / temperature + shift) (Platt 1999; without
 * the shift, Guo et al. 2017).
 */
export interface Scaling {
  /** Above 1 softens confidences, below 1 sharpens them; always above 0, so their order stays. */
  readonly temperature: number;
  /**
   * Below 0 lowers all confidences. A temperature alone cannot, since it leaves one half unchanged.
   */
  readonly shift: number;
}

/** The scaling that changes nothing. */
export const noScaling: Scaling = { temperature: 1, shift: 0 };

/** Applies a scaling to a confidence between 0 and 1. */
export function scaleConfidence(confidence: number, { temperature, shift }: Scaling): number {
  if (confidence <= 0 || confidence >= 1 || (temperature === 1 && shift === 0)) return confidence;
  return 1 / (1 + Math.exp(-shift) * ((1 - confidence) / confidence) ** (1 / temperature));
}

/** The inverse of a scaling. */
export function inverseScaling({ temperature, shift }: Scaling): Scaling {
  return { temperature: 1 / temperature, shift: -temperature * shift };
}

/** The range of fitted temperatures. It is unbounded for a model with uninformative confidences. */
export const temperatureRange = { low: 0.1, high: 10 } as const;

/**
 * The scaling that minimises the candidates' negative log-likelihood; `noScaling` without
 * candidates.
 *
 * A logistic regression on z = logit(c) with slope β = 1/T and intercept b, convex in both, solved
 * by Newton's method. A term ½(β − 1)² + ½b², worth about one candidate, keeps it near the model's
 * own confidences when there are few candidates or a threshold separates them without error.
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
 * Newton's method, halving steps that overshoot.
 *
 * @param free whether to fit β too, or only the shift
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

/** Keeps confidences away from 0 and 1, where a wrong one would make every sum infinite. */
const minProbability = 1e-12;
