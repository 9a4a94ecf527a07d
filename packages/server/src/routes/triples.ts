import type { Document } from "@weft-nlp/core";
import { documentFromRecord } from "@weft-nlp/core/formats";
import { collectTriples, type TripleFormat } from "@weft-nlp/core/triples";
import { tripleFormats } from "@weft-nlp/node/triples";
import * as z from "zod";
import type { ServerContext } from "../context.ts";
import { RequestError } from "../errors.ts";
import { documentOfExtraction, givenExtraction } from "../extraction/extraction-document.ts";
import type { App } from "../http/app.ts";
import { requestFault } from "../http/check-request.ts";
import { requestScope } from "../http/request-scope.ts";
import { turns } from "../http/turns.ts";

const all: readonly TripleFormat[] = Object.values(tripleFormats);
/** A format of several files does not fit into one answer. */
const offered = all.filter(({ files }) => files === undefined);

const formatEntry = z.object({
  name: z.string(),
  title: z.string(),
  extension: z.string(),
  mediaType: z.string(),
  describe: z.string(),
});

const triplesRequest = z.strictObject({
  format: z.string().max(40).describe("a name of GET /v1/triples"),
  documents: z
    .array(z.looseObject({}))
    .describe("annotated documents, as lines of Weft's JSONL or as results of /v1/extract are"),
});

/** `/v1/triples`: annotated documents in a form for the next tool, those included that a page cannot write by itself. */
export async function tripleRoutes(app: App, { limits }: ServerContext): Promise<void> {
  app.get(
    "/v1/triples",
    { schema: { tags: ["triples"], summary: "the formats", response: { 200: z.object({ formats: z.array(formatEntry) }) } } },
    async () => ({
      formats: offered.map(({ name, title, extension, mediaType, describe }) => ({
        name,
        title,
        extension,
        mediaType,
        describe,
      })),
    }),
  );
  app.post(
    "/v1/triples",
    { schema: { tags: ["triples"], summary: "annotated documents as RDF, Parquet, tables or graphs", body: triplesRequest } },
    async ({ body }, reply) => {
      const format = offered.find(({ name }) => name === body.format);
      if (format === undefined) {
        const message = `there is no format called ${body.format}`;
        const hint = `there are ${offered.map(({ name }) => name).join(", ")}`;
        throw new RequestError("REQUEST_INVALID", { at: { path: "format" }, message, hint });
      }
      if (body.documents.length > limits.documents) {
        const message = `there are ${body.documents.length} documents; this server takes ${limits.documents} at once`;
        throw new RequestError("REQUEST_TOO_LARGE", { at: { path: "documents" }, message });
      }
      const { signal } = requestScope(reply, limits);
      const pause = turns(signal);
      const documents = documentsOf(body.documents, pause);
      const { main } = await collectTriples(format, documents, { groupRows }, pause);
      return reply.type(format.mediaType).send(Buffer.from(main));
    },
  );
}

/** Rows of Parquet made in one turn; the file is a little larger than it would be in groups of more. */
const groupRows = 2000;

async function* documentsOf(
  records: readonly Readonly<Record<string, unknown>>[],
  pause: () => Promise<void>,
): AsyncGenerator<Document> {
  for (const [index, record] of records.entries()) {
    yield documentOf(record, index);
    await pause();
  }
}

/** In a result of an extraction, tokens are places in the text; in a line of JSONL they are words. */
function documentOf(record: Readonly<Record<string, unknown>>, index: number): Document {
  const path = `documents[${index}]`;
  const [token] = Array.isArray(record["tokens"]) ? (record["tokens"] as unknown[]) : [];
  if (typeof token !== "object") return documentFromRecord(record, { path }).document;
  const checked = givenExtraction.safeParse(record);
  if (!checked.success) throw requestFault(checked.error, path);
  return documentOfExtraction(checked.data, `text-${index}`, path);
}
