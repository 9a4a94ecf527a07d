import { charSpan, type Document, type Loss } from "@weft-nlp/core";
import { documentFromRecord } from "@weft-nlp/core/formats";
import type { LongSentence } from "@weft-nlp/core/inference";
import * as z from "zod";
import { RequestError } from "../errors.ts";
import type { Limits } from "../options.ts";

const text = z.string().describe("any text up to the server's limit");
const count = z.int().min(0);
const probability = z.number().min(0).max(1);

/** A text as a request gives it: the fields of Weft's JSONL that make sense for a text nobody has annotated. */
const documentFields = {
  id: z.string().max(200).optional().describe("comes back with the result"),
  text: text.optional(),
  tokens: z.array(z.string().min(1)).optional().describe("taken as they are; with `text`, they are searched in it"),
  sentences: z
    .array(z.tuple([count, count]))
    .optional()
    .describe("[start, end) in tokens; only with `tokens`"),
  entities: z
    .array(
      z.strictObject({
        start: count.optional(),
        end: count.optional(),
        startChar: count.optional(),
        endChar: count.optional(),
        type: z.string().nullable(),
      }),
    )
    .optional()
    .describe(
      "for models that relate given entities (`needsEntities` in /v1/models), each by tokens or by characters, its type one that the " +
        "model knows, or null; others find their own",
    ),
  offsetUnit: z.enum(["utf16", "codepoint"]).optional().describe("what `startChar` and `endChar` of this request count"),
};

export const documentRequest = z.strictObject(documentFields);
export type DocumentRequest = z.output<typeof documentRequest>;

/** One of many texts, and a line of a stream. */
export const textRequest = z.union([z.string(), documentRequest], {
  error: "expected a text: a string, or an object with text or tokens",
});

const optionFields = {
  model: z.string().max(200).optional().describe("a name of /v1/models; the first one where left out"),
  threshold: probability.optional().describe("probability from which a relation counts; the model's own where left out"),
  minConfidence: probability.optional().describe("leaves out entities and relations less sure than this"),
  splitSentences: z.boolean().optional().describe("false takes a text as one sentence; true where left out"),
  window: z
    .int()
    .min(8)
    .max(256)
    .optional()
    .describe("sentences of more tokens are read in windows of so many; 256 where left out"),
  overlap: z.int().min(0).max(255).optional().describe("tokens that two windows share; 64 where left out"),
  timeoutMs: z.int().min(1).optional().describe("gives up after so long, if that is sooner than the server's own deadline"),
};

/** Options of a request, wherever they stood. */
export type ExtractRequestOptions = z.output<z.ZodObject<typeof optionFields>>;

export const extractRequest = z.strictObject({
  ...documentFields,
  documents: z
    .array(z.union([z.string(), documentRequest]))
    .optional()
    .describe("many texts in place of one"),
  ...optionFields,
});
export type ExtractRequest = z.output<typeof extractRequest>;

/** A number in a query is text; the description says number all the same. */
const number = (schema: z.ZodNumber, field: keyof typeof optionFields) =>
  z.string().meta({ type: "number", description: optionFields[field].description }).transform(Number).pipe(schema).optional();

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
export type StreamOptions = z.output<typeof streamOptions>;

const span = { start: count, end: count };

/** What was found in one text. */
export const extraction = z.object({
  id: z.string().optional(),
  text: z.string(),
  tokens: z.array(z.object(span)).describe("UTF-16 units of `text`, half-open"),
  sentences: z.array(z.object(span)).describe("tokens, half-open"),
  entities: z.array(
    z.object({
      id: z.int().describe("its place in this list, which relations name"),
      ...span,
      startChar: count.describe("UTF-16 unit of `text`"),
      endChar: count,
      type: z.string().nullable(),
      text: z.string(),
      confidence: probability,
    }),
  ),
  relations: z.array(z.object({ head: z.int(), tail: z.int(), type: z.string(), confidence: probability })),
  losses: z.array(z.object({ path: z.string().optional(), reason: z.string() })).describe("what could not be taken as it came"),
});
export type Extraction = z.output<typeof extraction>;

/** One result for one text, a list for many. */
export const extractAnswer = z.union([extraction, z.object({ documents: z.array(extraction) })]);

/**
 * The texts of a request, and whether they came as a list.
 *
 * @throws {RequestError} REQUEST_INVALID, REQUEST_TOO_LARGE
 */
export function textsOf(
  { documents, ...rest }: ExtractRequest,
  limits: Pick<Limits, "documents">,
): { readonly texts: readonly (string | DocumentRequest)[]; readonly many: boolean } {
  const one = Object.fromEntries(Object.entries(rest).filter(([name]) => name in documentFields)) as DocumentRequest;
  if (documents === undefined) return { texts: [one], many: false };
  const [both] = Object.keys(one);
  if (both !== undefined) {
    throw new RequestError("REQUEST_INVALID", {
      at: { path: both },
      message: `a request gives ${both} or documents, not both`,
      hint: "put the text among the documents",
    });
  }
  if (documents.length > limits.documents) {
    throw new RequestError("REQUEST_TOO_LARGE", {
      at: { path: "documents" },
      message: `there are ${documents.length} documents; this server takes ${limits.documents} at once`,
      hint: "stream them as application/x-ndjson: there is no limit to that",
    });
  }
  return { texts: documents, many: true };
}

/** A text that a request gave, ready for a model. */
export interface ReadRequest {
  readonly id: string | undefined;
  readonly document: Document;
  readonly losses: readonly Loss[];
}

/**
 * The document that a request means.
 *
 * @param path where it stands in the request: `documents[3]`, or nothing
 * @throws {RequestError} REQUEST_INVALID, REQUEST_TOO_LARGE
 * @throws {DataError} where tokens, sentences or entities do not fit the text
 */
export function readDocumentRequest(
  request: string | DocumentRequest,
  path: string,
  options: ExtractRequestOptions,
  limits: Pick<Limits, "textUnits">,
): ReadRequest {
  const { id, text, tokens, sentences, entities, offsetUnit } = typeof request === "string" ? { text: request } : request;
  const within = (field: string): string => (path === "" ? field : `${path}.${field}`);
  if (text === undefined && tokens === undefined) {
    throw new RequestError("REQUEST_INVALID", { at: { path: within("text") }, message: "there is neither text nor tokens" });
  }
  if (tokens === undefined && sentences !== undefined) {
    throw new RequestError("REQUEST_INVALID", {
      at: { path: within("sentences") },
      message: "sentences count tokens, and there are none",
      hint: "give the tokens, or leave sentences out and they are found",
    });
  }
  const units = text?.length ?? tokens?.reduce((sum, token) => sum + token.length + 1, 0) ?? 0;
  if (units > limits.textUnits) {
    throw new RequestError("REQUEST_TOO_LARGE", {
      at: { path: within("text") },
      message: `the text has ${units} UTF-16 units; this server takes ${limits.textUnits} at once`,
      hint: "cut the text at paragraphs and send the pieces",
    });
  }
  const record = { text, tokens, sentences, entities, offsetUnit };
  const defined = Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
  const { document, losses } = documentFromRecord(
    defined,
    { path },
    { sentences: options.splitSentences === false ? "one" : "split" },
  );
  return { id, document, losses };
}

/** What goes back to the client. @param long sentences that were read in windows */
export function extractionOf({ id, losses }: ReadRequest, document: Document, long: readonly LongSentence[]): Extraction {
  const windows = long.map(({ sentence, tokens, windows, unread }) => ({
    path: `sentences[${sentence}]`,
    reason:
      `the sentence has ${tokens} tokens and was read in ${windows} windows` +
      (unread === 0 ? "" : `; ${unread} of the entities given are in none of them`),
  }));
  return {
    ...(id === undefined ? {} : { id }),
    text: document.text,
    tokens: document.tokens.map(({ start, end }) => ({ start, end })),
    sentences: document.sentences.map(({ start, end }) => ({ start, end })),
    entities: document.entities.map(({ start, end, type, confidence = 1 }, id) => {
      const chars = charSpan(document, { start, end });
      const text = document.text.slice(chars.start, chars.end);
      return { id, start, end, startChar: chars.start, endChar: chars.end, type, text, confidence: rounded(confidence) };
    }),
    relations: document.relations.map(({ head, tail, type, confidence = 1 }) => ({
      head,
      tail,
      type,
      confidence: rounded(confidence),
    })),
    losses: [
      ...losses.map(({ path, reason }) => ({ ...(path === undefined || path === "" ? {} : { path }), reason })),
      ...windows,
    ],
  };
}

/** Six digits: the seventh depends on which sentences were in the batch, since sums of floats depend on their order. */
function rounded(confidence: number): number {
  return Math.round(confidence * 1e6) / 1e6;
}
