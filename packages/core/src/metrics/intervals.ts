import { Random } from "@weft-nlp/tensor";
import { ConfigError } from "../errors.ts";
import { type Counts, macro, type Rates, score, sumCounts, weighted } from "./counts.ts";
import { percentile } from "./percentile.ts";

/** Bootstrap settings; every field has a default. */
export interface IntervalOptions {
  /** How often to resample the sentences. Defaults to 1,000. */
  readonly resamples?: number | undefined;
  /** The share of resamples inside the interval. Defaults to 0.95. */
  readonly confidence?: number | undefined;
  /** The same seed gives the same intervals. Defaults to 1. */
  readonly seed?: number | undefined;
}

/** The settings behind an interval, for the report. */
export type IntervalNote = { readonly [Name in keyof IntervalOptions]-?: number };

/** An interval of a rate between 0 and 1. */
export type Interval = readonly [low: number, high: number];

/** One interval for each rate. */
export type RateIntervals = { readonly [Name in keyof Rates]: Interval };

/** The intervals of the averages over classes. */
export interface AverageIntervals {
  readonly micro: RateIntervals;
  readonly macro: RateIntervals;
  readonly weighted: RateIntervals;
}

/**
 * Fills in the defaults and checks the values.
 *
 * @throws {ConfigError} SETTING_INVALID
 */
export function checkIntervalOptions(options: IntervalOptions): IntervalNote {
  const { resamples = 1000, confidence = 0.95, seed = 1 } = options;
  if (!Number.isInteger(resamples) || resamples < 100) throw invalid("resamples", "an integer of at least 100", resamples);
  if (!(confidence > 0 && confidence < 1)) throw invalid("confidence", "a number between 0 and 1", confidence);
  return { resamples, confidence, seed };
}

/** The counts of every sentence by class, stored sparsely so that a corpus fits in memory. */
export class SentenceTable {
  readonly #classes = new Map<string, number>();
  /** Five numbers per entry: sentence, class, predicted, gold, correct. */
  readonly #entries: number[] = [];
  readonly #sums: Record<keyof AverageIntervals, Record<keyof Rates, number[]>> = {
    micro: { precision: [], recall: [], f1: [] },
    macro: { precision: [], recall: [], f1: [] },
    weighted: { precision: [], recall: [], f1: [] },
  };

  add(sentence: number, type: string, { predicted, gold, correct }: Counts): void {
    const known = this.#classes.get(type);
    const index = known ?? this.#classes.size;
    if (known === undefined) this.#classes.set(type, index);
    this.#entries.push(sentence, index, predicted, gold, correct);
  }

  /** Records the averages of one resample. @param times how often each sentence was drawn */
  take(times: Uint32Array): void {
    const sums = new Float64Array(3 * this.#classes.size);
    const entries = this.#entries;
    for (let at = 0; at < entries.length; at += 5) {
      const weight = times[entries[at] as number] as number;
      if (weight === 0) continue;
      const place = 3 * (entries[at + 1] as number);
      for (let field = 0; field < 3; field += 1) {
        sums[place + field] = (sums[place + field] as number) + weight * (entries[at + 2 + field] as number);
      }
    }
    const byClass = Array.from({ length: this.#classes.size }, (_, index) => ({
      predicted: sums[3 * index] as number,
      gold: sums[3 * index + 1] as number,
      correct: sums[3 * index + 2] as number,
    }));
    this.#note("micro", score(sumCounts(byClass)));
    this.#note("macro", macro(byClass));
    this.#note("weighted", weighted(byClass));
  }

  intervals(confidence: number): AverageIntervals {
    const tail = (1 - confidence) / 2;
    const interval = (values: readonly number[]): Interval => {
      const sorted = Float64Array.from(values).sort();
      return [percentile(sorted, tail), percentile(sorted, 1 - tail)];
    };
    const rates = ({ precision, recall, f1 }: Record<keyof Rates, number[]>): RateIntervals => ({
      precision: interval(precision),
      recall: interval(recall),
      f1: interval(f1),
    });
    const { micro, macro, weighted } = this.#sums;
    return { micro: rates(micro), macro: rates(macro), weighted: rates(weighted) };
  }

  #note(average: keyof AverageIntervals, { precision, recall, f1 }: Rates): void {
    const sums = this.#sums[average];
    sums.precision.push(precision);
    sums.recall.push(recall);
    sums.f1.push(f1);
  }
}

/**
 * Draws as many sentences as the corpus has, with replacement, for each resample, and lets every
 * table record its averages. All tables see the same draws. The percentiles of the recorded
 * averages are the bootstrap intervals.
 *
 * Efron and Tibshirani 1993, the percentile method. Only sentences are resampled, so an interval
 * covers other test sentences of the same kind, not other training seeds.
 */
export function resample(tables: readonly SentenceTable[], sentences: number, { resamples, seed }: IntervalNote): void {
  const random = Random.of(seed, "intervals");
  const times = new Uint32Array(sentences);
  for (let sample = 0; sample < resamples; sample += 1) {
    times.fill(0);
    for (let draw = 0; draw < sentences; draw += 1) {
      const at = random.integer(sentences);
      times[at] = (times[at] as number) + 1;
    }
    for (const table of tables) table.take(times);
  }
}

function invalid(name: string, expected: string, value: number): ConfigError {
  return new ConfigError("SETTING_INVALID", { at: { path: name }, message: `expected ${expected}, found ${value}` });
}
