import * as z from "zod";
import { routes } from "../routes.ts";
import type { Contract } from "./contract.ts";
import { documentRecord } from "./document-schema.ts";
import { namedFault as fault, place } from "./error-answer.ts";
import { byName, count, queryNumber } from "./values.ts";

const overlap = z.enum(["none", "Normal", "EPO", "SEO"]);
const counts = z.record(z.string(), count);

export const dataFile = z.object({
  name: z.string().describe("the folder that the server was started with, and the way from there"),
  documents: count.nullable().describe("of a folder that is one corpus, such as brat's; null for a file"),
  bytes: count,
  modified: z.string(),
  counts: z
    .object({
      sentences: count,
      tokens: count,
      entities: count,
      relations: count,
      entityTypes: counts.describe("the most frequent first"),
      relationTypes: counts,
      notCarried: count.describe("annotations that could not be carried over"),
      fault: fault.nullable().describe("why reading stopped before the end"),
      truncated: z.boolean().describe("true where the file holds more than is kept in memory"),
    })
    .nullable()
    .describe("null where the file has not been read yet"),
});

export const dataList = z.object({
  shown: z.boolean().describe("false where the server shows no data"),
  files: z.array(dataFile),
  counting: z.boolean().describe("true where files are being read, so that asking again says more"),
});

const maxSentences = 100;

export const sentenceQuery = z.strictObject({
  type: z.string().max(300).optional().describe("sentences with an entity of this type"),
  relation: z.string().max(300).optional().describe("sentences with a relation of this type"),
  overlap: overlap.optional().describe("how the sentence's triples share entities"),
  minLength: queryNumber(z.int().min(0).max(1_000_000), "tokens at least").optional(),
  maxLength: queryNumber(z.int().min(0).max(1_000_000), "tokens at most").optional(),
  search: z.string().max(300).optional().describe("words that stand in the text, whatever their case"),
  offset: queryNumber(z.int().min(0).max(1_000_000_000), "how many to skip; defaults to 0").optional(),
  limit: queryNumber(z.int().min(1).max(maxSentences), `how many at most, up to ${maxSentences}; defaults to 50`).optional(),
});

/** A sentence of a file: its record, and where it stands. */
export const indexedSentence = z.object({
  index: count.describe("its place in the file, from 0"),
  line: count.nullable(),
  overlap: z.array(overlap),
  document: documentRecord,
});

export const sentencePage = z.object({
  name: z.string(),
  sentences: count.describe("of the whole file"),
  matching: count,
  offset: count,
  items: z.array(indexedSentence),
});

export const problemQuery = z.strictObject({
  with: z
    .union([z.string(), z.array(z.string()).max(9)])
    .optional()
    .describe("other files that belong to it, such as train for test; may stand several times"),
});

const foundPlace = place.extend({ says: z.string().optional(), other: place.optional() });

export const problem = z.object({
  code: z.string(),
  level: z.enum(["warning", "note"]),
  source: z.string().optional(),
  amount: count,
  message: z.string(),
  hint: z.string().optional(),
  places: z.array(foundPlace),
});

export const problemList = z.object({
  files: z.array(
    z.object({
      source: z.string(),
      role: z.string().optional(),
      sentences: count,
      faults: z.array(fault),
      faultCount: count,
    }),
  ),
  problems: z.array(problem),
});

const distribution = z.object({
  min: z.number(),
  median: z.number(),
  mean: z.number(),
  percentile95: z.number(),
  max: z.number(),
});

/** What `weft data stats` counts. */
export const dataStatistics = z.object({
  sentences: count,
  tokens: count,
  entities: count,
  relations: count,
  words: count.describe("different tokens"),
  tokensPerSentence: distribution,
  entitiesPerSentence: distribution,
  relationsPerSentence: distribution,
  tokensPerEntity: distribution,
  entityTypes: counts.describe("the most frequent first"),
  relationTypes: counts,
  overlap: z.object({ none: count, Normal: count, EPO: count, SEO: count }),
  triplesPerSentence: counts,
  sentenceLengths: counts,
  entityCounts: counts,
  distances: counts.describe("relations by the number of words between their ends"),
});

export const dataContracts = {
  data: {
    ...routes.data,
    tag: "workspace",
    summary: "the annotated files, with what they hold",
    responses: { 200: dataList },
  },
  dataSentences: {
    ...routes.dataSentences,
    tag: "workspace",
    summary: "a page of a file's sentences, narrowed by type, relation, overlap, length and words",
    params: byName,
    query: sentenceQuery,
    responses: { 200: sentencePage },
  },
  dataProblems: {
    ...routes.dataProblems,
    tag: "workspace",
    summary: "what weft data check finds in a file, alone or together with others",
    params: byName,
    query: problemQuery,
    responses: { 200: problemList },
  },
  dataStatistics: {
    ...routes.dataStatistics,
    tag: "workspace",
    summary: "what weft data stats counts in a file",
    params: byName,
    responses: { 200: dataStatistics },
  },
} as const satisfies Record<string, Contract>;
