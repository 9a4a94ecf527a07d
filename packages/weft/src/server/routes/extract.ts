import type { Document } from "@weft/core";
import type { App } from "../app.ts";
import type { ServerContext } from "../context.ts";
import { extractAnswer, extractionOf, extractRequest, readDocumentRequest } from "../extraction.ts";

/** `POST /v1/extract`: entities and relations of a text, or of many. */
export async function extractRoutes(app: App, { registry, limits }: ServerContext): Promise<void> {
  app.post(
    "/v1/extract",
    {
      schema: {
        tags: ["extraction"],
        summary: "entities and relations of a text, or of many",
        body: extractRequest,
        response: { 200: extractAnswer },
      },
    },
    async ({ body }) => {
      const { extractor } = registry.get(body.model);
      const { documents, ...one } = body;
      const given = (documents ?? [one]).map((request, index) =>
        readDocumentRequest(request, documents === undefined ? "" : `documents[${index}]`, body, limits),
      );
      const found: Document[] = [];
      for await (const document of extractor.documents(
        given.map(({ document }) => document),
        body,
      )) {
        found.push(document);
      }
      const results = given.map((each, index) => extractionOf(each, found[index] ?? each.document));
      const [first] = results;
      return documents === undefined && first !== undefined ? first : { documents: results };
    },
  );
}
