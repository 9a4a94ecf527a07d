import * as z from "zod";
import { routes } from "../routes.ts";
import type { Contract } from "./contract.ts";
import { documentRecord } from "./document-schema.ts";
import { byName, count, queryNumber, probability as share } from "./values.ts";

const rates = z.object({ precision: share, recall: share, f1: share });
const scored = rates.extend({ predicted: count, gold: count, correct: count });
const interval = z.tuple([z.number(), z.number()]);

/** Number of values, mean and sample standard deviation (n − 1). */
export const spread = z.object({
  n: count,
  mean: z.number(),
  deviation: z.number().nullable().describe("sample standard deviation (n − 1); null for one run"),
});

/** A run in the answer of `GET /v1/runs`. */
export const runEntry = z.object({
  name: z.string().describe("its path from the runs folder"),
  state: z.enum(["running", "stopped", "failed", "done"]),
  failure: z.object({ code: z.string(), message: z.string() }).optional(),
  model: z.string().nullable(),
  data: z.object({ train: z.string(), dev: z.string() }).nullable().describe("paths show their last two names"),
  seed: z.int().nullable(),
  started: z.string().nullable().describe("ISO date"),
  epochs: z.object({ done: count, planned: count.nullable() }),
  dev: z
    .object({ protocol: z.string(), score: share, epoch: count })
    .nullable()
    .describe("the F1 of the best epoch so far, and its protocol"),
  group: z.string().nullable().describe("equal for runs whose configurations differ only in the seed"),
  tags: z.array(z.string()),
});

/** The body of `PATCH /v1/runs/{name}`. */
export const runChange = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,79}$/, "expected up to 80 letters, digits, _, . or -, a letter or digit first")
    .optional()
    .describe("its new last name; it stays in its folder"),
  tags: z.array(z.string().trim().min(1).max(40)).max(20).optional().describe("replace its tags"),
});

/** The answer to a deleted run, with the folder that keeps its files. */
export const removedRun = z.object({
  name: z.string(),
  kept: z.string().describe("where its files are now, relative to the server's runs folder"),
});

/** Finished runs whose configurations differ only in the seed. */
export const runGroup = z.object({
  group: z.string(),
  runs: z.array(z.string()),
  seeds: z.array(z.int()),
  protocol: z.string(),
  dev: spread.describe("over the finished runs"),
});

/** The answer of `GET /v1/runs`. */
export const runList = z.object({
  shown: z.boolean().describe("false if the server has no runs folder"),
  runs: z.array(runEntry),
  groups: z.array(runGroup).describe("two or more finished runs that differ only in the seed"),
});

/** The scores of one protocol on one split. */
const protocolSummary = z.object({
  protocol: z.string(),
  words: z.string().describe("the matching rule in words"),
  unit: z.string(),
  micro: scored,
  interval: interval.nullable().describe("of micro F1"),
  spread: spread
    .extend({ runs: z.array(z.string()) })
    .nullable()
    .describe("of micro F1 over runs that differ only in the seed"),
});

/** The scores of a run on one split, by protocol. */
export const splitSummary = z.object({
  dataSet: z.string().nullable(),
  selection: z.string().nullable(),
  sentences: count,
  confidence: share.nullable().describe("confidence level of the intervals"),
  protocols: z.array(protocolSummary),
});

/** The answer of `GET /v1/runs/{name}`. */
export const runDetails = z.object({
  run: runEntry,
  config: z.unknown().describe("complete, including defaults; paths show their last two names"),
  problem: z.string().nullable().describe("why the configuration cannot be shown"),
  best: z
    .object({ epoch: count, score: share, entities: share.optional() })
    .nullable()
    .describe("the F1 that chose the epoch, and that of entities beside it"),
  dev: splitSummary.nullable(),
  test: splitSummary.nullable(),
});

/** The entities and relations of a record. */
const annotation = documentRecord.pick({ entities: true, relations: true });

/**
 * A sentence that two runs annotate differently: its record with the gold annotation, and the two
 * predictions.
 */
export const comparedSentence = z.object({
  document: documentRecord,
  first: annotation,
  second: annotation,
  verdict: z.enum(["better", "worse"]),
  gain: z.number().describe("F1 of the sentence, second − first"),
  mistakes: z.object({ first: z.array(z.string()), second: z.array(z.string()) }),
});

/**
 * The answer of `GET /v1/compare`: the scores of two runs on one file, and a page of the sentences
 * that they annotate differently.
 */
export const runComparison = z.object({
  first: z.string(),
  second: z.string(),
  data: z.string(),
  protocol: z.string(),
  words: z.string(),
  sentences: count,
  scores: z.object({ first: scored, second: scored }),
  better: count.describe("sentences with a higher F1 in the second run"),
  worse: count,
  same: count,
  difference: z.number().describe("F1 of the second run − F1 of the first"),
  interval: interval.describe("of the difference, by paired bootstrap, 95 %"),
  p: z.object({ bootstrap: share, randomisation: share }).describe("two-sided"),
  claim: z
    .enum(["better", "worse", "none"])
    .describe("what the tests support of the second run; `none` if chance alone may explain the difference"),
  verdict: z.string().describe("the claim in a sentence, with its numbers"),
  entities: z
    .object({ protocol: z.string(), first: share, second: share })
    .nullable()
    .describe("F1 of entities beside that of relations; null if the models find no entities, or `protocol` counts entities"),
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
    entities: z.number().optional(),
    improved: z.boolean(),
  }),
]);

/** The data of the server-sent events of a run, by the name of the event. */
export const runMessages = {
  points: z.object({
    restarted: z.boolean().describe("true if these points replace all earlier ones"),
    points: z.array(curvePoint),
  }),
  end: z.object({ state: runEntry.shape.state }),
};

/** The query of `GET /v1/compare`. */
export const compareQuery = z.strictObject({
  a: z.string().max(300).describe("a run from /v1/runs"),
  b: z.string().max(300).describe("the other run; differences are b − a"),
  data: z.string().max(300).describe("a file from /v1/data with the gold annotation"),
  protocol: z.string().max(100).optional().describe("the matching rule; defaults to the one that both models are scored by"),
  offset: queryNumber(count, "how many to skip; defaults to 0").optional(),
  limit: queryNumber(z.int().min(1).max(100), "page size, up to 100; defaults to 20").optional(),
});

/** The routes under `/v1/runs`, and `/v1/compare`. */
export const runContracts = {
  runs: {
    ...routes.runs,
    tag: "workspace",
    summary: "the runs in the server's runs folder",
    responses: { 200: runList },
  },
  run: {
    ...routes.run,
    tag: "workspace",
    summary: "configuration and scores of a run, with the spread over seeds if there are several",
    params: byName,
    responses: { 200: runDetails },
  },
  changeRun: {
    ...routes.changeRun,
    tag: "workspace",
    summary: "renames a run, or replaces its tags",
    description: "A run that is training, or whose model is served, keeps its name.",
    params: byName,
    body: runChange,
    responses: { 200: runEntry },
  },
  removeRun: {
    ...routes.removeRun,
    tag: "workspace",
    summary: "deletes a run with all runs inside its folder",
    description:
      "Its files are moved to the folder .trash of the runs folder. A run that is training, or whose model is served, stays.",
    params: byName,
    responses: { 200: removedRun },
  },
  downloadRun: {
    ...routes.downloadRun,
    tag: "workspace",
    summary: "the model of a run with its configuration, report and curves, as a .tar.gz",
    params: byName,
    media: { answer: ["application/gzip"] },
  },
  runEvents: {
    ...routes.runEvents,
    tag: "workspace",
    summary: "the curves of a run, thinned, followed by new points while it trains",
    description:
      "Server-sent events. `points` is {restarted, points}: if restarted is true, the points replace all earlier ones; a point is " +
      "{kind: loss, part?, at, loss} or {kind: score, part?, at, protocol, score, entities?, improved}, with `at` in epochs. `end` is {state}, " +
      "and the stream ends, when no process trains the run any longer.",
    params: byName,
    media: { answer: ["text/event-stream"] },
  },
  compareRuns: {
    ...routes.compareRuns,
    tag: "workspace",
    summary: "the sentences of a file that two runs annotate differently, side by side",
    description:
      "The first request for a pair runs both models; later pages are answered at once. weft compare has significance tests.",
    query: compareQuery,
    responses: { 200: runComparison },
  },
} as const satisfies Record<string, Contract>;
