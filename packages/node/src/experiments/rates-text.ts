import type { Rates, RatesSummary, SeedSummary } from "@weft-nlp/core/metrics";

/** `47.5`: a rate in per cent. */
export function points(rate: number): string {
  return (100 * rate).toFixed(1);
}

/**
 * `47.5 ± 1.9`: mean and sample standard deviation of rates, in per cent; for a single rate, the
 * mean alone.
 */
export function meanText({ mean, deviation }: SeedSummary): string {
  return deviation === null ? points(mean) : `${points(mean)} ± ${points(deviation)}`;
}

/** Precision, recall and F1 of several runs, in this order. */
export function meanTexts({ precision, recall, f1 }: RatesSummary): [string, string, string] {
  return [meanText(precision), meanText(recall), meanText(f1)];
}

export function rateTexts({ precision, recall, f1 }: Rates): [string, string, string] {
  return [points(precision), points(recall), points(f1)];
}

/** Every value if there are at most ten; otherwise their number. */
export function eachText({ values }: SeedSummary): string {
  return values.length > 10 ? `${values.length} values` : values.map(points).join(" ");
}
