import { contracts } from "@weft-nlp/api/contracts";
import { type ProtocolName, protocols } from "@weft-nlp/core/metrics";
import { didYouMean } from "@weft-nlp/core/text";
import { RequestError } from "../errors.ts";
import type { App } from "../http/app.ts";
import { endpoint } from "../http/endpoint.ts";
import { sentencesOf } from "./data-routes.ts";
import { shelfOf } from "./run-routes.ts";
import type { WorkspaceContext } from "./workspace-context.ts";

/**
 * `GET /v1/compare`: the sentences that two runs annotate differently, the largest differences
 * first.
 */
export async function compareRoutes(app: App, { comparer, runs, data }: WorkspaceContext): Promise<void> {
  app.route({
    ...endpoint(contracts.compareRuns),
    handler: async ({ query: { a, b, data: name, protocol, offset = 0, limit = 20 } }) => {
      const matching = protocolOf(protocol);
      const known = shelfOf(runs);
      const [first, second, file] = [await known.find(a), await known.find(b), await data.find(name)];
      const sentences = async () => sentencesOf(await data.index(file));
      const stamp = `${file.bytes} ${file.modified.getTime()}`;
      const { wrong: _, ...compared } = await comparer.compare(first, second, { name: file.name, stamp, sentences }, matching);
      return { ...compared, offset, items: compared.items.slice(offset, offset + limit) };
    },
  });
}

/** @throws {RequestError} REQUEST_INVALID if there is no such protocol */
function protocolOf(name: string | undefined): ProtocolName | undefined {
  if (name === undefined || protocols.has(name)) return name;
  throw new RequestError("REQUEST_INVALID", {
    at: { path: "querystring.protocol" },
    message: "unknown protocol",
    hint: didYouMean(name, protocols.names) ?? `the protocols are ${protocols.names.join(", ")}`,
  });
}
