import type { Report, SystemComparison } from "@weft-nlp/core/metrics";
import { z } from "zod";

/** The contents of `report.json`: a report, and the files or the model it is about. */
export interface ReportFile extends Report {
  readonly model?: string | undefined;
  readonly gold?: string | undefined;
  readonly predicted?: string | undefined;
  readonly train?: string | undefined;
  readonly matchedBy?: "id" | "order" | undefined;
  readonly notCarried?: number | undefined;
}

const count = z.int().min(0);
const rate = z.number().min(0).max(1);
const interval = z.tuple([rate, rate]).describe("lowest and highest");
const rates = { precision: rate, recall: rate, f1: rate };
const rateIntervals = z.strictObject({ precision: interval, recall: interval, f1: interval });
const score = z.strictObject({ predicted: count, gold: count, correct: count, ...rates });
const average = z.strictObject({ ...rates, classes: count.describe("classes that gold has") });
const buckets = z.record(z.string(), score);
const unit = z.enum(["relations", "entities", "cells"]);
/** A name in the catalogue of protocols, to which a program may add its own. */
const protocolName = z.string();
const breakdownName = z.enum(["overlap", "tripleCount", "sentenceLength", "distance", "argumentTypes", "seen"]);
const pairClaims = z.strictObject({ pairs: count, claimed: count });
const confusionCell = z.strictObject({
  gold: z.string().nullable().describe("null: gold says nothing here"),
  predicted: z.string().nullable().describe("null: the prediction says nothing here"),
  count,
});

const protocolReport = z.strictObject({
  protocol: protocolName,
  words: z.string().describe("when an item is right"),
  unit,
  directed: z.boolean(),
  micro: score.describe("of the counts summed over all sentences"),
  macro: average.describe("unweighted mean over the classes that gold has"),
  weighted: average.describe("mean over the classes that gold has, weighted by their gold items"),
  intervals: z
    .strictObject({ micro: rateIntervals, macro: rateIntervals, weighted: rateIntervals })
    .nullable()
    .describe("bootstrap intervals over sentences"),
  byType: buckets,
  breakdowns: z.partialRecord(breakdownName, buckets),
  memory: score.nullable().describe("what remembering the training triples alone would give; null without training data"),
});

/**
 * The schema of `report.json` and of the output of `weft evaluate --json` and `weft score --json`.
 * Rates are between 0 and 1.
 */
export const reportFileSchema = z.strictObject({
  model: z.string().optional(),
  gold: z.string().optional().describe("the file of gold annotation"),
  predicted: z.string().optional().describe("the file of predictions"),
  train: z.string().optional(),
  matchedBy: z.enum(["id", "order"]).optional().describe("how sentences of the two files were put together"),
  notCarried: count.optional().describe("annotations of the files that could not be carried over"),
  dataSet: z.string().nullable(),
  split: z.string().nullable(),
  selection: z.string().nullable().describe("how the checkpoint was chosen"),
  seeds: z.array(z.number()),
  spanUnit: z.string().describe("what spans count"),
  sentences: count,
  sentencesWithoutRelations: count,
  emptySentences: z.string().describe("how sentences count that have no item in gold and prediction"),
  ignoredTypes: z.array(z.string()).describe("classes excluded from gold and predictions"),
  onlyTypes: z.array(z.string()).describe("the only classes that count, on both sides; all where there are none"),
  intervals: z
    .strictObject({ resamples: z.int().min(100), confidence: rate, seed: z.number() })
    .nullable()
    .describe("how the intervals were drawn"),
  protocols: z.record(protocolName, protocolReport),
  mistakes: z
    .strictObject({
      relations: z.strictObject({
        correct: count,
        falseNegative: count,
        falsePositive: count,
        wrongClass: count,
        argumentMissing: count.describe("false negatives that lack the span of an argument"),
      }),
      entities: z.strictObject({ correct: count, wrongType: count, wrongBoundary: count, missing: count, spurious: count }),
      directed: z.boolean().describe("whether a relation turned round is a mistake"),
    })
    .describe("by spans, whatever the protocol"),
  confusion: z
    .strictObject({ relations: z.array(confusionCell), entities: z.array(confusionCell) })
    .describe("what was taken for what, most frequent first"),
  coOccurrence: z
    .strictObject({ gold: pairClaims, found: pairClaims })
    .describe("pairs of entities without a relation, and how many the system relates nevertheless"),
  cells: z
    .strictObject({ predicted: count, withoutEntity: count })
    .nullable()
    .describe("raw cells of models that predict them, and those without an entity at one end"),
}) satisfies z.ZodType<ReportFile>;

const scorePairs = z.record(z.string(), z.strictObject({ first: score, second: score }));
const difference = z.number().min(-1).max(1);
const seedSummary = z.strictObject({
  values: z.array(rate),
  mean: rate,
  deviation: z.number().min(0).nullable().describe("sample standard deviation; null of a single run"),
});

/**
 * The schema of `comparison.json` and of the output of `weft compare --json`. Every difference is
 * second − first.
 */
export const comparisonFileSchema = z.strictObject({
  first: z.string(),
  second: z.string(),
  runs: z.int().min(1).describe("of each system; counts of a sentence are summed over them"),
  dataSet: z.string().nullable(),
  sentences: count,
  ignoredTypes: z.array(z.string()),
  onlyTypes: z.array(z.string()).describe("the only classes that count, on both sides; all where there are none"),
  resamples: z.int().min(10_000),
  confidence: rate,
  seed: z.number(),
  protocols: z.record(
    protocolName,
    z.strictObject({
      protocol: protocolName,
      unit,
      directed: z.boolean(),
      words: z.string(),
      first: score,
      second: score,
      firstRuns: seedSummary,
      secondRuns: seedSummary,
      difference: difference.describe("of micro F1"),
      interval: z.tuple([difference, difference]),
      p: z.strictObject({ bootstrap: rate, randomisation: rate }).describe("two-sided"),
      sentences: z.strictObject({ better: count, worse: count, same: count }),
      byType: scorePairs,
      byDistance: scorePairs,
    }),
  ),
}) satisfies z.ZodType<SystemComparison>;
