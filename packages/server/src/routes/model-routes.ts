import { contracts } from "@weft-nlp/api/contracts";
import type { ServerContext } from "../context.ts";
import { RequestError } from "../errors.ts";
import { describeModel, describeSchema } from "../extraction/model-description.ts";
import type { App } from "../http/app.ts";
import { endpoint } from "../http/endpoint.ts";

/**
 * `/v1/models` and `/v1/schema`: the loaded models and their labels. `/v1/models/{name}/reload`
 * reloads one.
 */
export async function modelRoutes(app: App, { registry, options, servedRuns }: ServerContext): Promise<void> {
  app.route({
    ...endpoint(contracts.models),
    handler: async () => ({
      models: registry.list().map((served, index) => describeModel(served, index === 0, servedRuns)),
      workspace: options.workspace !== undefined,
    }),
  });
  app.route({
    ...endpoint(contracts.labels),
    handler: async ({ query }) => {
      const lease = registry.lease(query.model);
      lease.release();
      return describeSchema(lease.served);
    },
  });
  app.route({
    ...endpoint(contracts.reloadModel),
    handler: async ({ params }) => {
      if ((options.tokens ?? []).length === 0) {
        throw new RequestError("NOT_ALLOWED", {
          message: "reloading over HTTP needs tokens, and this server was started without",
          hint: "send the process SIGHUP, or start it with --tokens FILE",
        });
      }
      const served = await registry.reload(params.name);
      return describeModel(served, registry.list()[0] === served, servedRuns);
    },
  });
}
