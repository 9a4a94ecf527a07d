import * as z from "zod";
import { routes } from "../routes.ts";
import type { Contract } from "./contract.ts";
import { documentRecord } from "./document-schema.ts";
import { byName, count, queryNumber, probability as share } from "./values.ts";

const rates = z.object({ precision: share, recall: share, f1: share });
const scored = rates.extend({ predicted: count, gold: count, correct: count });
const interval = z.tuple([z.number(), z.number()]);
export const spread = z.object({
  n: count,
  mean: z.number(),
  deviation: z.number().nullable().describe("sample standard deviation (n − 1); null for one run"),
});

/** A line of the list of runs. */
export const runEntry = z.object({
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

export const runGroup = z.object({
  group: z.string(),
  runs: z.array(z.string()),
  seeds: z.array(z.int()),
  protocol: z.string(),
  dev: spread.describe("of the runs that are done"),
});

export const runList = z.object({
  shown: z.boolean().describe("false where the server shows no runs"),
  runs: z.array(runEntry),
  groups: z.array(runGroup).describe("two or more finished runs that differ in the seed alone"),
});

/** One protocol of one split. */
const protocolSummary = z.object({
  protocol: z.string(),
  words: z.string().describe("when an item is right"),
  unit: z.string(),
  micro: scored,
  interval: interval.nullable().describe("of micro F1"),
  spread: spread
    .extend({ runs: z.array(z.string()) })
    .nullable()
    .describe("of micro F1 over runs that differ in the seed alone"),
});

export const splitSummary = z.object({
  dataSet: z.string().nullable(),
  selection: z.string().nullable(),
  sentences: count,
  confidence: share.nullable().describe("of the intervals"),
  protocols: z.array(protocolSummary),
});

export const runDetails = z.object({
  run: runEntry,
  config: z.unknown().describe("complete, defaults included; paths by their last two names"),
  problem: z.string().nullable().describe("why the configuration cannot be shown"),
  best: z.object({ epoch: count, score: share }).nullable(),
  dev: splitSummary.nullable(),
  test: splitSummary.nullable(),
});

/** Entities and relations as those of a record. */
const annotation = documentRecord.pick({ entities: true, relations: true });

/**
 * A sentence that two runs annotate differently: its record, with the gold annotation, and what
 * each run says in its place.
 */
export const comparedSentence = z.object({
  document: documentRecord,
  first: annotation,
  second: annotation,
  verdict: z.enum(["better", "worse"]),
  gain: z.number().describe("F1 of the sentence, second − first"),
  mistakes: z.object({ first: z.array(z.string()), second: z.array(z.string()) }),
});

export const runComparison = z.object({
  first: z.string(),
  second: z.string(),
  data: z.string(),
  protocol: z.string(),
  words: z.string(),
  sentences: count,
  scores: z.object({ first: scored, second: scored }),
  better: count.describe("sentences whose own F1 is higher in the second run"),
  worse: count,
  same: count,
  offset: count,
  items: z.array(comparedSentence),
});

/** A point of a curve, with `at` in epochs. */
export const curvePoint = z.union([
  z.object({ kind: z.literal("loss"), part: z.string().optional(), at: z.number(), loss: z.number() }),
  z.object({
    kind: z.literal("score"),
    part: z.string().optional(),
    at: z.number(),
    protocol: z.string(),
    score: z.number(),
    improved: z.boolean(),
  }),
]);

/** The data of the server-sent events of a run, by the name of the event. */
export const runMessages = {
  points: z.object({
    restarted: z.boolean().describe("true where all points before count no more"),
    points: z.array(curvePoint),
  }),
  end: z.object({ state: runEntry.shape.state }),
};

export const compareQuery = z.strictObject({
  a: z.string().max(300).describe("a run of /v1/runs"),
  b: z.string().max(300).describe("the other one; differences are b − a"),
  data: z.string().max(300).describe("a file of /v1/data, with the gold annotation"),
  protocol: z.string().max(100).optional().describe("what counts as right; defaults to the one that both models are scored by"),
  offset: queryNumber(count, "how many to skip; defaults to 0").optional(),
  limit: queryNumber(z.int().min(1).max(100), "how many at most, up to 100; defaults to 20").optional(),
});

export const runContracts = {
  runs: {
    ...routes.runs,
    tag: "workspace",
    summary: "the runs of the folder that the server was started with",
    responses: { 200: runList },
  },
  run: {
    ...routes.run,
    tag: "workspace",
    summary: "configuration and scores of a run, with the spread over seeds where there are several",
    params: byName,
    responses: { 200: runDetails },
  },
  runEvents: {
    ...routes.runEvents,
    tag: "workspace",
    summary: "the curves of a run, thinned, and what comes to them while it trains",
    description:
      "Server-sent events. `points` is {restarted, points}: where restarted is true, all points before count no more; a point is " +
      "{kind: loss, part?, at, loss} or {kind: score, part?, at, protocol, score, improved}, with `at` in epochs. `end` is {state}, " +
      "and the stream ends, once no process trains the run any more.",
    params: byName,
    media: { answer: ["text/event-stream"] },
  },
  compareRuns: {
    ...routes.compareRuns,
    tag: "workspace",
    summary: "the sentences of a file that two runs annotate differently, side by side",
    description:
      "The first request of a pair runs both models; the pages after it come at once. weft compare has the tests of significance.",
    query: compareQuery,
    responses: { 200: runComparison },
  },
} as const satisfies Record<string, Contract>;
