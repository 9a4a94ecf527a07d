import * as z from "zod";
import { ndjsonType, routes } from "../routes.ts";
import type { Contract } from "./contract.ts";
import { documentFields, documentRecord, documentRequest, textRequest } from "./document-schema.ts";
import { errorAnswer } from "./error-answer.ts";
import { probability, queryNumber } from "./values.ts";

const optionFields = {
  model: z.string().max(200).optional().describe("a name from /v1/models; defaults to the first"),
  threshold: probability.optional().describe("min probability of a relation; defaults to the model's threshold"),
  minConfidence: probability.optional().describe("drops entities and relations with a lower confidence"),
  splitSentences: z.boolean().optional().describe("false treats the text as one sentence; defaults to true"),
  window: z
    .int()
    .min(8)
    .max(256)
    .optional()
    .describe("tokens of a window; longer sentences are read in several windows; defaults to 256"),
  overlap: z.int().min(0).max(255).optional().describe("tokens that neighbouring windows share; defaults to 64"),
  timeoutMs: z.int().min(1).optional().describe("deadline of this request; the server's own applies if it is sooner"),
};

/** Options of an extraction, from the body or the query. */
export const extractOptions = z.strictObject(optionFields);

/** The JSON body of `POST /v1/extract`: one text or `documents`, and options. */
export const extractRequest = z.strictObject({
  ...documentFields,
  documents: z
    .array(z.union([z.string(), documentRequest]))
    .optional()
    .describe("several texts instead of one"),
  ...optionFields,
});

const number = (schema: z.ZodNumber, field: keyof typeof optionFields) =>
  queryNumber(schema, optionFields[field].description).optional();

/** The options of an extraction in the query of a stream. */
export const streamOptions = z.strictObject({
  model: optionFields.model,
  threshold: number(probability, "threshold"),
  minConfidence: number(probability, "minConfidence"),
  splitSentences: z
    .enum(["true", "false"])
    .meta({ description: optionFields.splitSentences.description })
    .transform((value) => value === "true")
    .optional(),
  window: number(z.int().min(8).max(256), "window"),
  overlap: number(z.int().min(0).max(255), "overlap"),
  timeoutMs: number(z.int().min(1), "timeoutMs"),
});

/**
 * The extraction from one text: its record, and warnings where parts of the input were not used.
 */
export const extraction = documentRecord.omit({ pos: true, meta: true }).extend({
  id: z.string().optional().describe("the id in the request"),
  omissions: z
    .array(z.object({ path: z.string().optional(), reason: z.string() }))
    .optional()
    .describe("parts of the input that were not used, and sentences that were read in windows; usually absent"),
});

/** The answer to `documents`: one extraction for each, in the same order. */
export const extractions = z.object({ documents: z.array(extraction) });

/**
 * A line of the answer to a stream: an extraction, or an error in its place. An error without
 * `line` ends the stream.
 */
export const streamLine = z.union([extraction, errorAnswer.extend({ line: z.int().optional(), id: z.string().optional() })]);

/** The route `POST /v1/extract`. */
export const extractionContracts = {
  extract: {
    ...routes.extract,
    tag: "extraction",
    summary: "entities and relations of one text, several, or a stream",
    description:
      `One text or several as JSON, or a stream of any length as ${ndjsonType} with one text a line: a string, or an object with the fields of a ` +
      "text. A stream's options go into the query; each line of the answer is a result or an error, in order.",
    query: streamOptions,
    body: extractRequest,
    responses: { 200: z.union([extraction, extractions]) },
    media: { request: ["application/json", ndjsonType], answer: ["application/json", ndjsonType] },
    lines: { body: textRequest, answer: streamLine },
  },
} as const satisfies Record<string, Contract>;
