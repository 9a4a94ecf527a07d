import * as z from "zod";
import { count, probability } from "./values.ts";

const type = z.string().min(1);
const confidence = probability.optional().describe("six digits; absent where no model said so");
const span = z.tuple([count, count]);

/** An entity of a record. */
export const recordEntity = z.object({
  start: count.describe("tokens, half-open"),
  end: count,
  startChar: count.describe("UTF-16 units of `text`, half-open"),
  endChar: count,
  text: z.string().describe("the words at that place"),
  type: z.string().nullable(),
  confidence,
});

export const recordRelation = z.object({
  head: count.describe("place in `entities`"),
  tail: count,
  type: z.string(),
  confidence,
});

/** The one JSON form of a document, as core writes and reads it; docs/formats.md has its fields. */
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

/** A record in a request; its reader is that of files, which says what is wrong with it. */
export const givenRecord = z
  .looseObject({})
  .describe("an annotated document: a line of Weft's JSONL, a result of /v1/extract (docs/formats.md has the fields)");

/** What of a record's entity a request may repeat: its place by tokens, characters or both. */
export const givenEntity = z.strictObject({
  start: count.optional(),
  end: count.optional(),
  startChar: count.optional(),
  endChar: count.optional(),
  text: z.string().optional().describe("not looked at"),
  type: z.string().nullable(),
  confidence: probability.optional().describe("not looked at"),
});

/** What a person says of the entities of a sentence: a record's entities, whose tokens count. */
export const editedEntity = z.strictObject({
  start: count.describe("tokens of the sentence, half-open"),
  end: count,
  startChar: count.optional().describe("not looked at, as `endChar` and `text`"),
  endChar: count.optional(),
  text: z.string().optional(),
  type: type.max(200).nullable(),
  confidence: probability.optional().describe("present while it is a model's suggestion that no person has accepted"),
});

export const editedRelation = z.strictObject({
  head: count.describe("place in `entities`"),
  tail: count,
  type: type.max(200),
  confidence: probability.optional(),
});

/**
 * A text as a request gives it: the fields of a record that make sense before anything was found.
 */
export const documentFields = {
  id: z.string().max(200).optional().describe("comes back with the result"),
  text: z.string().optional().describe("any text up to the server's limit"),
  tokens: z.array(z.string().min(1)).optional().describe("taken as they are; with `text`, they are searched in it"),
  offsets: z.array(span).optional().describe("[start, end) of each token in `text`, which is then not searched"),
  sentences: z.array(span).optional().describe("[start, end) in tokens; only with `tokens`"),
  entities: z
    .array(givenEntity)
    .optional()
    .describe(
      "for models that relate given entities (`needsEntities` in /v1/models), each by tokens or by characters, its type one that the " +
        "model knows, or null; others find their own",
    ),
  offsetUnit: z.enum(["utf16", "codepoint"]).optional().describe("what all character offsets of this request count"),
};

export const documentRequest = z.strictObject(documentFields);

/** One of many texts, and a line of a stream. */
export const textRequest = z.union([z.string(), documentRequest], {
  error: "expected a text: a string, or an object with text or tokens",
});
