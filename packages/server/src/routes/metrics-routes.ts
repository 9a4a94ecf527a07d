import { contracts } from "@weft-nlp/api/contracts";
import type { ServerContext } from "../context.ts";
import type { App } from "../http/app.ts";
import { endpoint } from "../http/endpoint.ts";

/** `/metrics`, in the text form of Prometheus. */
export async function metricRoutes(app: App, { metrics }: ServerContext): Promise<void> {
  app.route({
    ...endpoint(contracts.metrics),
    handler: async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()),
  });
}
