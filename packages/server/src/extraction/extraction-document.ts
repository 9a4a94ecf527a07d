import type { Document } from "@weft-nlp/core";
import { documentFromRecord } from "@weft-nlp/core/formats";
import * as z from "zod";

const count = z.int().min(0);
const probability = z.number().min(0).max(1);
const type = z.string().min(1).max(200);
const spans = z.array(z.object({ start: count, end: count }));

/** A result of `/v1/extract` that comes back in a request. */
export const givenExtraction = z.object({
  id: z.string().max(200).optional(),
  text: z.string(),
  tokens: spans,
  sentences: spans,
  entities: z.array(z.object({ start: count, end: count, type: type.nullable(), confidence: probability.optional() })),
  relations: z.array(z.object({ head: count, tail: count, type, confidence: probability.optional() })),
});

/**
 * The result as a document, checked throughout as a line of a file would be.
 *
 * @param name its id where it has none
 * @param path of the result in the request
 * @throws {DataError}
 */
export function documentOfExtraction(
  { id, text, tokens, sentences, entities, relations }: z.output<typeof givenExtraction>,
  name: string,
  path: string,
): Document {
  const record = {
    id: id ?? name,
    text,
    tokens: tokens.map(({ start, end }) => text.slice(start, end)),
    offsets: tokens.map(({ start, end }) => [start, end]),
    sentences: sentences.map(({ start, end }) => [start, end]),
    entities: entities.map(({ start, end, type: label, confidence }) => ({ start, end, type: label, confidence })),
    relations: relations.map(({ head, tail, type: label, confidence }) => ({ head, tail, type: label, confidence })),
  };
  return documentFromRecord(record, { path }).document;
}
