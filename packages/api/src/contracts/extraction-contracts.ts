import * as z from "zod";
import { ndjsonType, routes } from "../routes.ts";
import type { Contract } from "./contract.ts";
import { documentFields, documentRecord, documentRequest, textRequest } from "./document-schema.ts";
import { errorAnswer } from "./error-answer.ts";
import { probability, queryNumber } from "./values.ts";

const optionFields = {
  model: z.string().max(200).optional().describe("a name of /v1/models; defaults to the first one"),
  threshold: probability.optional().describe("probability from which a relation counts; defaults to the model's own"),
  minConfidence: probability.optional().describe("drops entities and relations less sure than this"),
  splitSentences: z.boolean().optional().describe("false takes a text as one sentence; defaults to true"),
  window: z.int().min(8).max(256).optional().describe("sentences of more tokens are read in windows of so many; defaults to 256"),
  overlap: z.int().min(0).max(255).optional().describe("tokens that two windows share; defaults to 64"),
  timeoutMs: z.int().min(1).optional().describe("gives up after so long, if that is sooner than the server's own deadline"),
};

/** Options of a request, wherever they stood. */
export const extractOptions = z.strictObject(optionFields);

export const extractRequest = z.strictObject({
  ...documentFields,
  documents: z
    .array(z.union([z.string(), documentRequest]))
    .optional()
    .describe("many texts in place of one"),
  ...optionFields,
});

const number = (schema: z.ZodNumber, field: keyof typeof optionFields) =>
  queryNumber(schema, optionFields[field].description).optional();

/** The same options in the query of a stream. */
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

/** What was found in one text: its record, and beside it what could not be taken as it came. */
export const extraction = documentRecord.omit({ pos: true, meta: true }).extend({
  id: z.string().optional().describe("the one that was given"),
  omissions: z
    .array(z.object({ path: z.string().optional(), reason: z.string() }))
    .optional()
    .describe("what could not be taken as it came, and sentences that were read in windows; absent as a rule"),
});

export const extractions = z.object({ documents: z.array(extraction) });

/**
 * A line of the answer to a stream: a result or an error in its place. An error without a line ends
 * the stream.
 */
export const streamLine = z.union([extraction, errorAnswer.extend({ line: z.int().optional(), id: z.string().optional() })]);

export const extractionContracts = {
  extract: {
    ...routes.extract,
    tag: "extraction",
    summary: "entities and relations of a text, of many, or of a stream",
    description:
      `One text or many as JSON. A stream of any length as ${ndjsonType}, a text a line: a string, or an object with the fields of a ` +
      "text; its options stand in the query, and each line of the answer is a result or an error, in order.",
    query: streamOptions,
    body: extractRequest,
    responses: { 200: z.union([extraction, extractions]) },
    media: { request: ["application/json", ndjsonType], answer: ["application/json", ndjsonType] },
    lines: { body: textRequest, answer: streamLine },
  },
} as const satisfies Record<string, Contract>;
