import * as z from "zod";

const count = z.int().min(0);
const share = z.number().min(0).max(1);
const rates = z.object({ precision: share, recall: share, f1: share });
const interval = z.tuple([z.number(), z.number()]);
const spread = z.object({
  n: count,
  mean: z.number(),
  deviation: z.number().nullable().describe("sample standard deviation (n − 1); null for one run"),
});

/** A line of the list of runs. */
const runEntry = z.object({
  name: z.string().describe("its folder, from the folder of runs"),
  state: z.enum(["running", "stopped", "failed", "done"]),
  failure: z.object({ code: z.string(), message: z.string() }).optional(),
  model: z.string().nullable(),
  data: z.object({ train: z.string(), dev: z.string() }).nullable().describe("the last two names of each path"),
  seed: z.int().nullable(),
  started: z.string().nullable().describe("ISO date"),
  epochs: z.object({ done: count, planned: count.nullable() }),
  dev: z
    .object({ protocol: z.string(), score: share, epoch: count })
    .nullable()
    .describe("the F1 that chose the best epoch so far, and by which protocol it was counted"),
  group: z.string().nullable().describe("the same for runs whose configurations differ in the seed alone"),
});
export type RunEntry = z.output<typeof runEntry>;

const runGroup = z.object({
  group: z.string(),
  runs: z.array(z.string()),
  seeds: z.array(z.int()),
  protocol: z.string(),
  dev: spread.describe("of the runs that are done"),
});
export type RunGroup = z.output<typeof runGroup>;

export const runList = z.object({
  shown: z.boolean().describe("false where the server was started without a folder of runs"),
  runs: z.array(runEntry),
  groups: z.array(runGroup).describe("two or more finished runs that differ in the seed alone"),
});

/** One protocol of one split. */
const protocolSummary = z.object({
  protocol: z.string(),
  words: z.string().describe("when an item is right"),
  unit: z.string(),
  micro: rates.extend({ predicted: count, gold: count, correct: count }),
  interval: interval.nullable().describe("of micro F1"),
  spread: spread
    .extend({ runs: z.array(z.string()) })
    .nullable()
    .describe("of micro F1 over runs that differ in the seed alone"),
});

const splitSummary = z.object({
  dataSet: z.string().nullable(),
  selection: z.string().nullable(),
  sentences: count,
  confidence: share.nullable().describe("of the intervals"),
  protocols: z.array(protocolSummary),
});
export type SplitSummary = z.output<typeof splitSummary>;

export const runDetails = z.object({
  run: runEntry,
  config: z.unknown().describe("complete, defaults included; paths by their last two names"),
  problem: z.string().nullable().describe("why the configuration cannot be shown"),
  best: z.object({ epoch: count, score: share }).nullable(),
  dev: splitSummary.nullable(),
  test: splitSummary.nullable(),
});
export type RunDetails = z.output<typeof runDetails>;

const annotation = z.object({
  entities: z.array(z.object({ start: count, end: count, type: z.string().nullable(), confidence: share.optional() })),
  relations: z.array(z.object({ head: count, tail: count, type: z.string(), confidence: share.optional() })),
});

export const runComparison = z.object({
  first: z.string(),
  second: z.string(),
  data: z.string(),
  protocol: z.string(),
  words: z.string(),
  sentences: count,
  scores: z.object({ first: rates, second: rates }),
  better: count.describe("sentences whose own F1 is higher in the second run"),
  worse: count,
  same: count,
  offset: count,
  items: z.array(
    z.object({
      id: z.string(),
      tokens: z.array(z.string()),
      gold: annotation,
      first: annotation,
      second: annotation,
      verdict: z.enum(["better", "worse"]),
      gain: z.number().describe("F1 of the sentence, second − first"),
      mistakes: z.object({ first: z.array(z.string()), second: z.array(z.string()) }),
    }),
  ),
});
export type RunComparison = z.output<typeof runComparison>;
