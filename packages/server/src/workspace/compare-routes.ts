import { type ProtocolName, protocols } from "@weft-nlp/core/metrics";
import * as z from "zod";
import type { ServerContext } from "../context.ts";
import type { App } from "../http/app.ts";
import { RunComparer } from "./compare-runs.ts";
import { sentencesOf } from "./data-routes.ts";
import { shelfOf } from "./run-routes.ts";
import { runComparison } from "./run-schemas.ts";
import { shelvesOf } from "./shelves.ts";

const query = z.strictObject({
  a: z.string().max(300).describe("a run of /v1/runs"),
  b: z.string().max(300).describe("the other one; differences are b − a"),
  data: z.string().max(300).describe("a file of /v1/data, with the gold annotation"),
  protocol: z
    .enum(protocols.names as [ProtocolName, ...ProtocolName[]])
    .optional()
    .describe("what counts as right"),
  offset: z.string().meta({ type: "number" }).transform(Number).pipe(z.int().min(0)).optional(),
  limit: z.string().meta({ type: "number" }).transform(Number).pipe(z.int().min(1).max(100)).optional(),
});

/** `GET /v1/compare`: the sentences that two runs annotate differently, those that differ most first. */
export async function compareRoutes(app: App, { options }: ServerContext): Promise<void> {
  const { runs, data } = shelvesOf(options);
  const comparer = new RunComparer(options);
  app.get(
    "/v1/compare",
    {
      schema: {
        tags: ["workspace"],
        summary: "the sentences of a file that two runs annotate differently, side by side",
        description:
          "The first request of a pair runs both models; the pages after it come at once. weft compare has the tests of significance.",
        querystring: query,
        response: { 200: runComparison },
      },
    },
    async ({ query: { a, b, data: name, protocol, offset = 0, limit = 20 } }) => {
      const known = shelfOf(runs);
      const [first, second, file] = [await known.find(a), await known.find(b), await data.find(name)];
      const sentences = async () => sentencesOf(await data.index(file));
      const stamp = `${file.bytes} ${file.modified.getTime()}`;
      const compared = await comparer.compare(first, second, { name: file.name, stamp, sentences }, protocol);
      return { ...compared, offset, items: compared.items.slice(offset, offset + limit) };
    },
  );
}
