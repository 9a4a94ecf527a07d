/**
 * How many items a system predicted, how many the gold standard holds, and how many of them agree.
 */
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

/** Counts with the rates that follow from them. `gold` is the support. */
export interface Score extends Counts, Rates {}

/** An average over classes; `classes` says over how many. */
export interface Average extends Rates {
  readonly classes: number;
}

export const noCounts: Counts = { predicted: 0, gold: 0, correct: 0 };

/** The corpus score of summed counts (micro). A rate whose denominator is zero is 0. */
export function score(counts: Counts): Score {
  const { predicted, gold, correct } = counts;
  return { predicted, gold, correct, precision: share(correct, predicted), recall: share(correct, gold), f1: f1(counts) };
}

/**
 * F1 = 2·correct / (predicted + gold), the harmonic mean of precision and recall; 0 where nothing
 * is right.
 */
export function f1(counts: Counts): number {
  return share(2 * counts.correct, counts.predicted + counts.gold);
}

/**
 * F1 of one sentence, for the risk Δ = 1 − F1: a sentence where neither side has an item is right,
 * so it gives 1.
 *
 * Sun et al. 2018, section 3.3; the empty case as in the authors' released code.
 */
export function riskF1(counts: Counts): number {
  return counts.predicted === 0 && counts.gold === 0 ? 1 : f1(counts);
}

export function addCounts(left: Counts, right: Counts): Counts {
  return {
    predicted: left.predicted + right.predicted,
    gold: left.gold + right.gold,
    correct: left.correct + right.correct,
  };
}

export function sumCounts(all: Iterable<Counts>): Counts {
  let total = noCounts;
  for (const counts of all) total = addCounts(total, counts);
  return total;
}

/**
 * Unweighted mean over the classes that gold has. Macro F1 is the mean of the classes' F1, not the
 * F1 of the means.
 */
export function macro(byClass: Iterable<Counts>): Average {
  return average(byClass, () => 1);
}

/**
 * Mean over the classes that gold has, each weighted by its number of gold items; its F1 may lie
 * outside P and R.
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
