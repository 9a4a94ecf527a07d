/** The number of items that a system predicted, that gold has, and that are in both. */
export interface Counts {
  readonly predicted: number;
  readonly gold: number;
  readonly correct: number;
}

/** Precision, recall and F1, each between 0 and 1. */
export interface Rates {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** Counts with their rates. `gold` is the support. */
export interface Score extends Counts, Rates {}

/** An average over `classes` classes. */
export interface Average extends Rates {
  readonly classes: number;
}

/** The counts of nothing. */
export const noCounts: Counts = { predicted: 0, gold: 0, correct: 0 };

/** The micro score of summed counts. A rate with a zero denominator is 0. */
export function score(counts: Counts): Score {
  const { predicted, gold, correct } = counts;
  return { predicted, gold, correct, precision: share(correct, predicted), recall: share(correct, gold), f1: f1(counts) };
}

/**
 * F1 = 2·correct / (predicted + gold), the harmonic mean of precision and recall; 0 if nothing is
 * correct.
 */
export function f1(counts: Counts): number {
  return fBeta(counts, 1);
}

/**
 * F_β = (1 + β²)·correct / (predicted + β²·gold), which is (1 + β²)·P·R / (β²·P + R); 0 if nothing
 * is correct. A β above 1 weighs recall more, below 1 precision.
 */
function fBeta({ correct, predicted, gold }: Counts, beta: number): number {
  const square = beta * beta;
  return share((1 + square) * correct, predicted + square * gold);
}

/**
 * F1 of one sentence, for the risk Δ = 1 − F1. It is 1 if neither side has an item.
 *
 * Sun et al. 2018, section 3.3; the empty case follows the authors' released code.
 *
 * @param beta F_β instead, as their appendix C proposes; defaults to 1
 */
export function riskF1(counts: Counts, beta = 1): number {
  return counts.predicted === 0 && counts.gold === 0 ? 1 : fBeta(counts, beta);
}

/** Adds two counts. */
export function addCounts(left: Counts, right: Counts): Counts {
  return {
    predicted: left.predicted + right.predicted,
    gold: left.gold + right.gold,
    correct: left.correct + right.correct,
  };
}

/** Sums counts. */
export function sumCounts(all: Iterable<Counts>): Counts {
  let total = noCounts;
  for (const counts of all) total = addCounts(total, counts);
  return total;
}

/**
 * The unweighted mean over the classes in gold. Macro F1 is the mean of the classes' F1, not the F1
 * of the means.
 */
export function macro(byClass: Iterable<Counts>): Average {
  return average(byClass, () => 1);
}

/**
 * The mean over the classes in gold, weighted by support. Its F1 may be outside the range of P and
 * R.
 */
export function weighted(byClass: Iterable<Counts>): Average {
  return average(byClass, (counts) => counts.gold);
}

function average(byClass: Iterable<Counts>, weightOf: (counts: Counts) => number): Average {
  let precision = 0;
  let recall = 0;
  let meanF1 = 0;
  let weights = 0;
  let classes = 0;
  for (const counts of byClass) {
    if (counts.gold === 0) continue;
    const weight = weightOf(counts);
    const rates = score(counts);
    precision += weight * rates.precision;
    recall += weight * rates.recall;
    meanF1 += weight * rates.f1;
    weights += weight;
    classes += 1;
  }
  return { precision: share(precision, weights), recall: share(recall, weights), f1: share(meanF1, weights), classes };
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
