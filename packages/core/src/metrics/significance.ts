import { ConfigError, DataError } from "../errors.ts";
import { type Counts, type Rates, score } from "./counts.ts";
import { percentile } from "./percentile.ts";

/** A source of uniform numbers in [0, 1). Seed it to make a comparison repeatable. */
export interface UniformSource {
  next(): number;
}

/** Settings of the significance tests. */
export interface ComparisonOptions {
  readonly random: UniformSource;
  /** Number of resamples or shuffles; at least 10,000, the default. */
  readonly resamples?: number | undefined;
  /** The rate to compare. Defaults to F1 of the summed counts. */
  readonly rate?: keyof Rates | undefined;
}

/**
 * Two systems on the same sentences: the difference `first − second`, and how often chance gives
 * one as large, in either direction.
 */
export interface Comparison {
  readonly first: number;
  readonly second: number;
  readonly difference: number;
  /** Two-sided. */
  readonly p: number;
  readonly resamples: number;
}

/** The result of a paired bootstrap. */
export interface BootstrapComparison extends Comparison {
  /** The interval of the difference: percentiles of the resampled differences. */
  readonly low: number;
  readonly high: number;
  readonly confidence: number;
}

/**
 * Paired bootstrap: draws sentences with replacement, the same ones for both systems.
 *
 * Efron and Tibshirani 1993; p follows Berg-Kirkpatrick et al. 2012, two-sided: the share of
 * resamples whose difference is at least as far from the observed one as the observed one is from
 * zero, including the observed sample.
 *
 * @param first counts per sentence, from `sentenceCounts`
 * @throws {DataError} when the two lists differ in length or are empty
 */
export function pairedBootstrap(
  first: readonly Counts[],
  second: readonly Counts[],
  options: ComparisonOptions & { readonly confidence?: number | undefined },
): BootstrapComparison {
  const { packed, observed, resamples, rate } = prepare(first, second, options);
  const confidence = options.confidence ?? 0.95;
  if (!(confidence > 0 && confidence < 1)) throw invalid("confidence", "a number between 0 and 1", confidence);
  const differences = new Float64Array(resamples);
  const sums = new Float64Array(6);
  let extreme = 0;
  for (let sample = 0; sample < resamples; sample += 1) {
    sums.fill(0);
    for (let draw = 0; draw < first.length; draw += 1) {
      const at = Math.floor(options.random.next() * first.length) * 6;
      for (let field = 0; field < 6; field += 1) sums[field] = read(sums, field) + read(packed, at + field);
    }
    const difference = differenceOf(sums, rate);
    differences[sample] = difference;
    if (isAtLeast(Math.abs(difference - observed.difference), Math.abs(observed.difference))) extreme += 1;
  }
  differences.sort();
  const tail = (1 - confidence) / 2;
  return {
    ...observed,
    p: (extreme + 1) / (resamples + 1),
    low: percentile(differences, tail),
    high: percentile(differences, 1 - tail),
    confidence,
    resamples,
  };
}

/**
 * Approximate randomisation: under the null hypothesis the two outputs of a sentence are
 * exchangeable, so swaps them at random.
 *
 * Noreen 1989; Yeh 2000. p is the share of shuffles whose difference is at least the observed one,
 * including the observed one itself.
 *
 * @throws {DataError} when the two lists differ in length or are empty
 */
export function approximateRandomisation(
  first: readonly Counts[],
  second: readonly Counts[],
  options: ComparisonOptions,
): Comparison {
  const { packed, observed, resamples, rate } = prepare(first, second, options);
  const total = new Float64Array(6);
  packed.forEach((value, index) => {
    total[index % 6] = read(total, index % 6) + value;
  });
  // Swapping has no effect if both systems have the same counts, so skip those sentences.
  const swappable = [...first.keys()].map((sentence) => sentence * 6).filter((at) => differs(packed, at));
  const sums = new Float64Array(6);
  let extreme = 0;
  for (let sample = 0; sample < resamples; sample += 1) {
    sums.set(total);
    for (const at of swappable) {
      if (options.random.next() < 0.5) continue;
      for (let field = 0; field < 3; field += 1) {
        const change = read(packed, at + 3 + field) - read(packed, at + field);
        sums[field] = read(sums, field) + change;
        sums[field + 3] = read(sums, field + 3) - change;
      }
    }
    if (isAtLeast(Math.abs(differenceOf(sums, rate)), Math.abs(observed.difference))) extreme += 1;
  }
  return { ...observed, p: (extreme + 1) / (resamples + 1), resamples };
}

/**
 * The values of several seeds, their mean and sample standard deviation (n − 1), which is `null`
 * for a single value.
 */
export interface SeedSummary {
  readonly values: readonly number[];
  readonly mean: number;
  readonly deviation: number | null;
}

/**
 * Computes the mean and the sample standard deviation.
 *
 * @throws {DataError} CORPUS_EMPTY without values
 */
export function meanAndDeviation(values: readonly number[]): SeedSummary {
  if (values.length === 0) throw new DataError("CORPUS_EMPTY", { message: "there are no values to average" });
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { values: [...values], mean, deviation: values.length === 1 ? null : Math.sqrt(squares / (values.length - 1)) };
}

/**
 * Packs six numbers per sentence: predicted, gold and correct of the first system, then of the
 * second.
 */
function prepare(first: readonly Counts[], second: readonly Counts[], options: ComparisonOptions) {
  if (first.length !== second.length) {
    throw new DataError("FIELD_INVALID", {
      message: `the systems are compared sentence by sentence, but one has ${first.length} and the other ${second.length}`,
    });
  }
  if (first.length === 0) throw new DataError("CORPUS_EMPTY", { message: "there are no sentences to compare" });
  const resamples = options.resamples ?? 10_000;
  if (!Number.isInteger(resamples) || resamples < 10_000) throw invalid("resamples", "an integer of at least 10000", resamples);
  const rate = options.rate ?? "f1";
  const packed = new Float64Array(first.length * 6);
  const sums = new Float64Array(6);
  first.forEach((counts, sentence) => {
    const other = second[sentence] ?? counts;
    const row = [counts.predicted, counts.gold, counts.correct, other.predicted, other.gold, other.correct];
    packed.set(row, sentence * 6);
    row.forEach((value, field) => {
      sums[field] = read(sums, field) + value;
    });
  });
  const observed = { first: rateOf(sums, 0, rate), second: rateOf(sums, 3, rate), difference: differenceOf(sums, rate) };
  return { packed, observed, resamples, rate };
}

function differenceOf(sums: Float64Array, rate: keyof Rates): number {
  return rateOf(sums, 0, rate) - rateOf(sums, 3, rate);
}

function rateOf(sums: Float64Array, from: number, rate: keyof Rates): number {
  return score({ predicted: read(sums, from), gold: read(sums, from + 1), correct: read(sums, from + 2) })[rate];
}

/** Treats values that are equal up to rounding as reached, so the last bit cannot decide ties. */
function isAtLeast(value: number, bound: number): boolean {
  return value >= bound - 1e-12;
}

function differs(packed: Float64Array, at: number): boolean {
  return [0, 1, 2].some((field) => read(packed, at + field) !== read(packed, at + 3 + field));
}

/** Reads an element that is known to exist. */
function read(values: Float64Array, index: number): number {
  return values[index] as number;
}

function invalid(name: string, expected: string, value: number): ConfigError {
  return new ConfigError("SETTING_INVALID", { at: { path: name }, message: `expected ${expected}, found ${value}` });
}
