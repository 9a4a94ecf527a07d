import { contracts } from "@weft-nlp/api/contracts";
import type { Document } from "@weft-nlp/core";
import { documentFromRecord } from "@weft-nlp/core/formats";
import { collectTriples, type TripleFormat } from "@weft-nlp/core/triples";
import { tripleFormats } from "@weft-nlp/node/triples";
import type { ServerContext } from "../context.ts";
import { RequestError } from "../errors.ts";
import type { App } from "../http/app.ts";
import { endpoint } from "../http/endpoint.ts";
import { requestScope } from "../http/request-scope.ts";
import { turns } from "../http/turns.ts";

const all: readonly TripleFormat[] = Object.values(tripleFormats);
/** A format of several files does not fit in one answer. */
const offered = all.filter(({ files }) => files === undefined);

/**
 * `/v1/triples`: annotated documents converted for other tools, including formats that a page
 * cannot write by itself.
 */
export async function tripleRoutes(app: App, { limits }: ServerContext): Promise<void> {
  app.route({
    ...endpoint(contracts.tripleFormats),
    handler: async () => ({
      formats: offered.map(({ name, title, extension, mediaType, describe }) => ({
        name,
        title,
        extension,
        mediaType,
        describe,
      })),
    }),
  });
  app.route({
    ...endpoint(contracts.writeTriples),
    handler: async ({ body }, reply) => {
      const format = offered.find(({ name }) => name === body.format);
      if (format === undefined) {
        const message = `unknown format ${body.format}`;
        const hint = `the formats are ${offered.map(({ name }) => name).join(", ")}`;
        throw new RequestError("REQUEST_INVALID", { at: { path: "format" }, message, hint });
      }
      if (body.documents.length > limits.documents) {
        const message = `the request has ${body.documents.length} documents; the limit is ${limits.documents}`;
        throw new RequestError("REQUEST_TOO_LARGE", { at: { path: "documents" }, message });
      }
      const { signal } = requestScope(reply, limits);
      const pause = turns(signal);
      const documents = documentsOf(body.documents, pause);
      const { main } = await collectTriples(format, documents, { groupRows }, pause);
      return reply.type(format.mediaType).send(Buffer.from(main));
    },
  });
}

/** Rows of Parquet written in one turn. Larger groups would make the file slightly smaller. */
const groupRows = 2000;

async function* documentsOf(
  records: readonly Readonly<Record<string, unknown>>[],
  pause: () => Promise<void>,
): AsyncGenerator<Document> {
  for (const [index, record] of records.entries()) {
    yield documentFromRecord({ id: `text-${index}`, ...record }, { path: `documents[${index}]` }).document;
    await pause();
  }
}
