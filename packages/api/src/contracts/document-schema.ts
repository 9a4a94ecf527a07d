import * as z from "zod";
import { count, probability } from "./values.ts";

const type = z.string().min(1);
const confidence = probability.optional().describe("six digits; absent on annotations that no model made");
const span = z.tuple([count, count]);

/**
 * An entity of a record; `start` and `end` count tokens, `startChar` and `endChar` UTF-16 units.
 */
export const recordEntity = z.object({
  start: count.describe("tokens, half-open"),
  end: count,
  startChar: count.describe("UTF-16 units of `text`, half-open"),
  endChar: count,
  text: z.string().describe("the words of the entity"),
  type: z.string().nullable(),
  confidence,
});

/** A relation of a record; `head` and `tail` are places in its `entities`. */
export const recordRelation = z.object({
  head: count.describe("index in `entities`"),
  tail: count,
  type: z.string(),
  confidence,
});

/** A document in JSON, as core writes and reads it; docs/formats.md describes the fields. */
export const documentRecord = z.object({
  id: z.string(),
  text: z.string(),
  tokens: z.array(z.string()),
  offsets: z.array(span).describe("[start, end) of each token in `text`, in UTF-16 units"),
  sentences: z.array(span).describe("[start, end) in tokens"),
  pos: z.array(z.string()).optional().describe("a part of speech for each token"),
  entities: z.array(recordEntity),
  relations: z.array(recordRelation),
  meta: z.record(z.string(), z.unknown()).optional(),
});

/** A record in a request. The reader for files parses it and reports what is wrong. */
export const givenRecord = z
  .looseObject({})
  .describe("an annotated document: a line of Weft's JSONL or a result of /v1/extract (docs/formats.md describes the fields)");

/** An entity in a request, placed by tokens, characters or both. */
export const givenEntity = z.strictObject({
  start: count.optional(),
  end: count.optional(),
  startChar: count.optional(),
  endChar: count.optional(),
  text: z.string().optional().describe("ignored"),
  type: z.string().nullable(),
  confidence: probability.optional().describe("ignored"),
});

/** An entity of an edited sentence; only its token span counts. */
export const editedEntity = z.strictObject({
  start: count.describe("tokens of the sentence, half-open"),
  end: count,
  startChar: count.optional().describe("ignored, as are `endChar` and `text`"),
  endChar: count.optional(),
  text: z.string().optional(),
  type: type.max(200).nullable(),
  confidence: probability.optional().describe("present on a suggestion that no person has accepted yet"),
});

/** A relation of an edited sentence; `head` and `tail` are places in its `entities`. */
export const editedRelation = z.strictObject({
  head: count.describe("index in `entities`"),
  tail: count,
  type: type.max(200),
  confidence: probability.optional(),
});

/** The fields of a text in a request: those of a record that exist before extraction. */
export const documentFields = {
  id: z.string().max(200).optional().describe("returned with the result"),
  text: z.string().optional().describe("the text, up to the server's limit"),
  tokens: z.array(z.string().min(1)).optional().describe("the caller's tokens; if `text` is given too, they are located in it"),
  offsets: z.array(span).optional().describe("[start, end) of each token in `text`; omit to have them located"),
  sentences: z.array(span).optional().describe("[start, end) in tokens; only with `tokens`"),
  entities: z
    .array(givenEntity)
    .optional()
    .describe(
      "for models that relate given entities (`needsEntities` in /v1/models), each by tokens or characters, its type one that the " +
        "model knows, or null; other models ignore them",
    ),
  offsetUnit: z.enum(["utf16", "codepoint"]).optional().describe("the unit of all character offsets in this request"),
};

/** A text as an object: either `text`, `tokens` or both, and what the caller knows about them. */
export const documentRequest = z.strictObject(documentFields);

/** A text among `documents`, or a line of a stream. */
export const textRequest = z.union([z.string(), documentRequest], {
  error: "expected a text: a string, or an object with text or tokens",
});
