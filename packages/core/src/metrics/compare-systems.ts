import { Random } from "@weft-nlp/tensor";
import { DataError } from "../errors.ts";
import type { Sentence } from "../schema/index.ts";
import { distanceBucket, wordsBetween } from "./breakdowns.ts";
import { countedItems } from "./counted-items.ts";
import { type CountsType, countedTypes, type TypeChoice } from "./counted-types.ts";
import { addCounts, type Counts, noCounts, riskF1, type Score, score } from "./counts.ts";
import { type Prediction, withRawOutput } from "./prediction.ts";
import { type Protocol, type ProtocolName, protocolName, protocols } from "./protocols.ts";
import {
  approximateRandomisation,
  type BootstrapComparison,
  type Comparison,
  meanAndDeviation,
  pairedBootstrap,
  type SeedSummary,
} from "./significance.ts";

/**
 * A system with its predictions: one list per training run, with one prediction per gold sentence.
 */
export interface ComparedSystem {
  readonly name: string;
  readonly runs: readonly (readonly Prediction[])[];
}

/** How to compare two systems. */
export interface CompareOptions extends TypeChoice {
  readonly protocols: readonly string[];
  /** Number of resamples and of shuffles; at least 10,000, the default. */
  readonly resamples?: number | undefined;
  readonly confidence?: number | undefined;
  /** The same seed gives the same p. Defaults to 1. */
  readonly seed?: number | undefined;
  readonly dataSet?: string | undefined;
  /** Called after each protocol with the number done; thousands of sentences take seconds. */
  readonly onProgress?: ((protocols: number) => void) | undefined;
}

/** Two systems on the same sentences. Every difference is second − first. */
export interface SystemComparison {
  readonly first: string;
  readonly second: string;
  /** Runs of each system. The counts of a sentence are summed over runs before testing. */
  readonly runs: number;
  readonly dataSet: string | null;
  readonly sentences: number;
  /** Classes excluded from every number, on both sides. */
  readonly ignoredTypes: readonly string[];
  /** If not empty, the only classes in every number, on both sides. */
  readonly onlyTypes: readonly string[];
  readonly resamples: number;
  readonly confidence: number;
  readonly seed: number;
  readonly protocols: Readonly<Record<string, ProtocolComparison>>;
}

/** Two systems under one protocol. */
export interface ProtocolComparison extends Pick<Protocol, "unit" | "directed" | "words"> {
  readonly protocol: ProtocolName;
  /** Micro scores of the counts summed over runs. */
  readonly first: Score;
  readonly second: Score;
  /** F1 of every run, with mean and standard deviation. */
  readonly firstRuns: SeedSummary;
  readonly secondRuns: SeedSummary;
  /** Difference of micro F1, second − first. */
  readonly difference: number;
  readonly interval: readonly [low: number, high: number];
  /** Two-sided. */
  readonly p: { readonly bootstrap: number; readonly randomisation: number };
  /** Sentences by their F1, which is 1 for a sentence without items on either side. */
  readonly sentences: { readonly better: number; readonly worse: number; readonly same: number };
  /** Largest support first. */
  readonly byType: ScorePairs;
  /** Relations only, by the number of words between the arguments. */
  readonly byDistance: ScorePairs;
}

/** The scores of two systems, by class or bucket. */
export type ScorePairs = Readonly<Record<string, { readonly first: Score; readonly second: Score }>>;

/**
 * Compares two systems by paired bootstrap and by approximate randomisation, on counts per
 * sentence.
 *
 * With several runs per system, the counts of a sentence are summed over the runs before testing.
 * Sentences remain the unit of sampling, and both systems need the same number of runs. The
 * deviation of the runs shows the variation between trainings.
 *
 * @throws {DataError} when the numbers of runs differ, or a run does not have one prediction per
 * sentence
 */
export function compareSystems(
  gold: readonly Sentence[],
  first: ComparedSystem,
  second: ComparedSystem,
  options: CompareOptions,
): SystemComparison {
  check(gold, first, second);
  const { resamples = 10_000, confidence = 0.95, seed = 1, ignoredTypes = [], onlyTypes = [] } = options;
  const names = [...new Set(options.protocols.map((name) => protocolName(name)))];
  const compared = names.map((name, index) => {
    const comparison = compareBy(name, gold, first, second, {
      resamples,
      confidence,
      seed,
      countsType: countedTypes(options),
    });
    options.onProgress?.(index + 1);
    return [name, comparison] as const;
  });
  return {
    first: first.name,
    second: second.name,
    runs: first.runs.length,
    dataSet: options.dataSet ?? null,
    sentences: gold.length,
    ignoredTypes,
    onlyTypes,
    resamples,
    confidence,
    seed,
    protocols: Object.fromEntries(compared),
  };
}

interface Settings {
  readonly resamples: number;
  readonly confidence: number;
  readonly seed: number;
  readonly countsType: CountsType;
}

function compareBy(
  name: ProtocolName,
  gold: readonly Sentence[],
  first: ComparedSystem,
  second: ComparedSystem,
  { resamples, confidence, seed, countsType }: Settings,
): ProtocolComparison {
  const [a, b] = [tally(name, gold, first, countsType), tally(name, gold, second, countsType)];
  const { unit, directed, words } = protocols.get(name);
  const random = Random.of(seed, "comparison", name);
  const bootstrap: BootstrapComparison = pairedBootstrap(b.bySentence, a.bySentence, { random, resamples, confidence });
  const randomisation: Comparison = approximateRandomisation(b.bySentence, a.bySentence, { random, resamples });
  return {
    protocol: name,
    unit,
    directed,
    words,
    first: score(a.total),
    second: score(b.total),
    firstRuns: meanAndDeviation(a.byRun.map((counts) => score(counts).f1)),
    secondRuns: meanAndDeviation(b.byRun.map((counts) => score(counts).f1)),
    difference: bootstrap.difference,
    interval: [bootstrap.low, bootstrap.high],
    p: { bootstrap: bootstrap.p, randomisation: randomisation.p },
    sentences: verdicts(a.bySentence, b.bySentence),
    byType: pairsOf(a.byType, b.byType),
    byDistance: pairsOf(a.byDistance, b.byDistance),
  };
}

/** Which of two systems is better on a sentence: above 0, the second. */
export function gainOf(first: Counts, second: Counts): number {
  const gain = riskF1(second) - riskF1(first);
  return Math.abs(gain) < 1e-12 ? 0 : gain;
}

/** The counts of a protocol in every sentence, summed over a system's runs. */
export function countsBySentence(
  name: ProtocolName,
  gold: readonly Sentence[],
  system: ComparedSystem,
  types: TypeChoice = {},
): Counts[] {
  return tally(name, gold, system, countedTypes(types)).bySentence;
}

function verdicts(first: readonly Counts[], second: readonly Counts[]): ProtocolComparison["sentences"] {
  const gains = first.map((counts, index) => gainOf(counts, second[index] ?? noCounts));
  const better = gains.filter((gain) => gain > 0).length;
  const worse = gains.filter((gain) => gain < 0).length;
  return { better, worse, same: gains.length - better - worse };
}

interface SystemCounts {
  readonly total: Counts;
  readonly bySentence: Counts[];
  readonly byRun: Counts[];
  readonly byType: Map<string, Counts>;
  readonly byDistance: Map<string, Counts>;
}

function tally(name: ProtocolName, gold: readonly Sentence[], system: ComparedSystem, countsType: CountsType): SystemCounts {
  const { match, unit } = protocols.get(name);
  const anchor = name.endsWith("-first") ? "first" : "last";
  const byType = new Map<string, Counts>();
  const byDistance = new Map<string, Counts>();
  const bySentence = gold.map(() => noCounts);
  const byRun = system.runs.map((predictions) => {
    let total = noCounts;
    for (const [index, sentence] of gold.entries()) {
      const found = predictions[index] as Prediction;
      // Files hold triples, so derive the cells from them.
      const predicted =
        unit === "cells" && found.cells === undefined ? withRawOutput(found, sentence.tokens.length, anchor) : found;
      for (const { item, counts } of countedItems(match(sentence, predicted, sentence.tokens), countsType)) {
        total = addCounts(total, counts);
        bySentence[index] = addCounts(bySentence[index] ?? noCounts, counts);
        addTo(byType, item.type, counts);
        if (item.tail !== undefined && unit === "relations")
          addTo(byDistance, distanceBucket(wordsBetween(item.head, item.tail)), counts);
      }
    }
    return total;
  });
  return { total: byRun.reduce(addCounts, noCounts), bySentence, byRun, byType, byDistance };
}

function pairsOf(first: ReadonlyMap<string, Counts>, second: ReadonlyMap<string, Counts>): ScorePairs {
  const names = [...new Set([...first.keys(), ...second.keys()])];
  const support = (name: string) => first.get(name)?.gold ?? second.get(name)?.gold ?? 0;
  names.sort((a, b) => support(b) - support(a) || (a < b ? -1 : 1));
  return Object.fromEntries(
    names.map((name) => [name, { first: score(first.get(name) ?? noCounts), second: score(second.get(name) ?? noCounts) }]),
  );
}

function addTo(sums: Map<string, Counts>, key: string, counts: Counts): void {
  sums.set(key, addCounts(sums.get(key) ?? noCounts, counts));
}

function check(gold: readonly Sentence[], first: ComparedSystem, second: ComparedSystem): void {
  if (first.runs.length !== second.runs.length || first.runs.length === 0) {
    throw new DataError("FIELD_INVALID", {
      message: `the systems are compared run by run, but ${first.name} has ${first.runs.length} and ${second.name} ${second.runs.length}`,
      hint: "give both systems the same number of runs, at least one",
    });
  }
  for (const { name, runs } of [first, second]) {
    const wrong = runs.find((run) => run.length !== gold.length);
    if (wrong === undefined) continue;
    throw new DataError("SENTENCES_MISMATCH", {
      message: `${name} has ${wrong.length} predictions for ${gold.length} gold sentences`,
      hint: "add an empty annotation for sentences where the system found nothing",
    });
  }
}
