import { type Average, addCounts, type Counts, macro, noCounts, type Rates, type Score, score, weighted } from "./counts.ts";
import type { ProtocolReport, Report } from "./report.ts";
import { meanAndDeviation, type SeedSummary } from "./significance.ts";

/** Precision, recall and F1 of several runs, each with its mean and sample standard deviation. */
export type RatesSummary = { readonly [Rate in keyof Rates]: SeedSummary };

/** One protocol over several reports. */
export interface ProtocolSummary extends Pick<ProtocolReport, "protocol" | "words" | "unit" | "directed"> {
  /** The number of reports, the n of every deviation. */
  readonly n: number;
  readonly micro: RatesSummary;
  readonly macro: RatesSummary;
  readonly weighted: RatesSummary;
}

/** One protocol over the pooled sentences of several reports. */
export interface PooledScore extends Pick<ProtocolReport, "protocol" | "words" | "unit" | "directed"> {
  readonly n: number;
  readonly micro: Score;
  readonly macro: Average;
  readonly weighted: Average;
}

/**
 * The mean and sample standard deviation (n − 1) of each rate, for every protocol that all reports
 * have. Empty without reports.
 */
export function summariseReports(reports: readonly Report[]): ProtocolSummary[] {
  return byProtocol(reports).map((same) => ({
    ...facts(same),
    n: same.length,
    micro: summariseRates(same.map(({ micro }) => micro)),
    macro: summariseRates(same.map(({ macro }) => macro)),
    weighted: summariseRates(same.map(({ weighted }) => weighted)),
  }));
}

/**
 * Scores all sentences together, as if one system had annotated them: counts are summed over the
 * reports by class before rates are computed. For folds, whose test parts are disjoint.
 */
export function poolReports(reports: readonly Report[]): PooledScore[] {
  return byProtocol(reports).map((same) => {
    const byType = new Map<string, Counts>();
    for (const report of same) {
      for (const [type, counts] of Object.entries(report.byType)) {
        byType.set(type, addCounts(byType.get(type) ?? noCounts, counts));
      }
    }
    return {
      ...facts(same),
      n: same.length,
      micro: score(same.reduce((sum, { micro }) => addCounts(sum, micro), noCounts)),
      macro: macro(byType.values()),
      weighted: weighted(byType.values()),
    };
  });
}

/**
 * The reports of each protocol that all reports have, in the order of the first report. No list is
 * empty.
 */
function byProtocol(reports: readonly Report[]): [ProtocolReport, ...ProtocolReport[]][] {
  const names = Object.keys(reports[0]?.protocols ?? {});
  return names.flatMap((name) => {
    const [first, ...others] = reports.flatMap(({ protocols }) => protocols[name] ?? []);
    return first === undefined || others.length + 1 < reports.length ? [] : [[first, ...others]];
  });
}

function facts([{ protocol, words, unit, directed }]: readonly [ProtocolReport, ...ProtocolReport[]]) {
  return { protocol, words, unit, directed };
}

function summariseRates(rates: readonly Rates[]): RatesSummary {
  return {
    precision: meanAndDeviation(rates.map(({ precision }) => precision)),
    recall: meanAndDeviation(rates.map(({ recall }) => recall)),
    f1: meanAndDeviation(rates.map(({ f1 }) => f1)),
  };
}
