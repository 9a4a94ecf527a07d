import * as z from "zod";
import { routes } from "../routes.ts";
import type { Contract } from "./contract.ts";
import { documentRecord } from "./document-schema.ts";
import { namedFault as fault, place } from "./error-answer.ts";
import { byName, count, queryNumber } from "./values.ts";

const overlap = z.enum(["none", "Normal", "EPO", "SEO"]);
const counts = z.record(z.string(), count);

/** An annotated file or corpus folder; its counts are null until it has been read. */
export const dataFile = z.object({
  name: z.string().describe("the folder or file given at start, and the path from there"),
  documents: count.nullable().describe("documents in a corpus folder, such as brat's; null for a file"),
  bytes: count,
  modified: z.string(),
  counts: z
    .object({
      sentences: count,
      tokens: count,
      entities: count,
      relations: count,
      entityTypes: counts.describe("most frequent first"),
      relationTypes: counts,
      notCarried: count.describe("annotations that could not be read into a document"),
      fault: fault.nullable().describe("why reading stopped before the end"),
      truncated: z.boolean().describe("true if the file exceeds what is kept in memory; the counts cover the part that is kept"),
    })
    .nullable()
    .describe("null until the file has been read"),
});

/** The answer of `GET /v1/data`. */
export const dataList = z.object({
  shown: z.boolean().describe("false if the server has no data folder"),
  files: z.array(dataFile),
  counting: z.boolean().describe("true while files are being read; a later request has more counts"),
});

const maxSentences = 100;

/** The query of `GET …/sentences`: filters that all have to match, and a page. */
export const sentenceQuery = z.strictObject({
  type: z.string().max(300).optional().describe("only sentences with an entity of this type"),
  relation: z.string().max(300).optional().describe("only sentences with a relation of this type"),
  overlap: overlap.optional().describe("how the sentence's triples share entities"),
  minLength: queryNumber(z.int().min(0).max(1_000_000), "min tokens").optional(),
  maxLength: queryNumber(z.int().min(0).max(1_000_000), "max tokens").optional(),
  search: z.string().max(300).optional().describe("words in the text, ignoring case"),
  offset: queryNumber(z.int().min(0).max(1_000_000_000), "how many to skip; defaults to 0").optional(),
  limit: queryNumber(z.int().min(1).max(maxSentences), `page size, up to ${maxSentences}; defaults to 50`).optional(),
});

/** A sentence of an annotated file, with its index and line. */
export const indexedSentence = z.object({
  index: count.describe("index in the file, from 0"),
  line: count.nullable(),
  overlap: z.array(overlap),
  document: documentRecord,
});

/** The answer of `GET …/sentences`. */
export const sentencePage = z.object({
  name: z.string(),
  sentences: count.describe("of the whole file"),
  matching: count,
  offset: count,
  items: z.array(indexedSentence),
});

/** The query of `GET …/problems`. */
export const problemQuery = z.strictObject({
  with: z
    .union([z.string(), z.array(z.string()).max(9)])
    .optional()
    .describe("other files to check it against, such as train for test; may be repeated"),
});

const foundPlace = place.extend({ says: z.string().optional(), other: place.optional() });

/** A kind of problem in annotated data, with a count and examples. */
export const problem = z.object({
  code: z.string(),
  level: z.enum(["warning", "note"]),
  source: z.string().optional(),
  amount: count,
  message: z.string(),
  hint: z.string().optional(),
  places: z.array(foundPlace),
});

/** The answer of `GET …/problems`. */
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

/** The statistics of `weft data stats`. */
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
  entityTypes: counts.describe("most frequent first"),
  relationTypes: counts,
  overlap: z.object({ none: count, Normal: count, EPO: count, SEO: count }),
  triplesPerSentence: counts,
  sentenceLengths: counts,
  entityCounts: counts,
  distances: counts.describe("relations by the number of words between head and tail"),
});

/** The routes under `/v1/data`. */
export const dataContracts = {
  data: {
    ...routes.data,
    tag: "workspace",
    summary: "the annotated files, with their counts",
    responses: { 200: dataList },
  },
  dataSentences: {
    ...routes.dataSentences,
    tag: "workspace",
    summary: "a page of a file's sentences, filtered by type, relation, overlap, length and words",
    params: byName,
    query: sentenceQuery,
    responses: { 200: sentencePage },
  },
  dataProblems: {
    ...routes.dataProblems,
    tag: "workspace",
    summary: "the problems that weft data check finds in a file, alone or with others",
    params: byName,
    query: problemQuery,
    responses: { 200: problemList },
  },
  dataStatistics: {
    ...routes.dataStatistics,
    tag: "workspace",
    summary: "the statistics of weft data stats for a file",
    params: byName,
    responses: { 200: dataStatistics },
  },
} as const satisfies Record<string, Contract>;
