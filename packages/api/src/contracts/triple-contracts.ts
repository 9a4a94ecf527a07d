import * as z from "zod";
import { routes } from "../routes.ts";
import type { Contract } from "./contract.ts";
import { givenRecord } from "./document-schema.ts";

/** A triple format that the server writes. */
export const tripleFormat = z.object({
  name: z.string(),
  title: z.string(),
  extension: z.string(),
  mediaType: z.string(),
  describe: z.string(),
});

/** The body of `POST /v1/triples`: a format and document records. */
export const triplesRequest = z.strictObject({
  format: z.string().max(40).describe("a name from GET /v1/triples"),
  documents: z.array(givenRecord),
});

/** The routes under `/v1/triples`. */
export const tripleContracts = {
  tripleFormats: {
    ...routes.tripleFormats,
    tag: "triples",
    summary: "the formats",
    responses: { 200: z.object({ formats: z.array(tripleFormat) }) },
  },
  writeTriples: {
    ...routes.writeTriples,
    tag: "triples",
    summary: "annotated documents as RDF, Parquet, tables or graphs",
    body: triplesRequest,
  },
} as const satisfies Record<string, Contract>;
