import * as z from "zod";
import type { ServerContext } from "../context.ts";
import { RequestError } from "../errors.ts";
import { describeModel, describeSchema, modelEntry, modelList, modelSchema } from "../extraction/model-description.ts";
import type { App } from "../http/app.ts";

/** `/v1/models` and `/v1/schema`: what is loaded and which labels it gives. `/v1/models/:name/reload` reads one anew. */
export async function modelRoutes(app: App, { registry, options }: ServerContext): Promise<void> {
  app.get(
    "/v1/models",
    { schema: { tags: ["models"], summary: "the models, the default one first", response: { 200: modelList } } },
    async () => ({ models: registry.list().map((served, index) => describeModel(served, index === 0)) }),
  );
  app.get(
    "/v1/schema",
    {
      schema: {
        tags: ["models"],
        summary: "the labels of a model",
        querystring: z.strictObject({ model: z.string().optional() }),
        response: { 200: modelSchema },
      },
    },
    async ({ query }) => {
      const lease = registry.lease(query.model);
      lease.release();
      return describeSchema(lease.served);
    },
  );
  app.post(
    "/v1/models/:name/reload",
    {
      schema: {
        tags: ["models"],
        summary: "reads a model's folder anew; requests under way end with the one they began with",
        params: z.object({ name: z.string() }),
        response: { 200: modelEntry },
      },
    },
    async ({ params }) => {
      if ((options.tokens ?? []).length === 0) {
        throw new RequestError("NOT_ALLOWED", {
          message: "this server was started without tokens, and reloads for nobody who only reaches its port",
          hint: "send the process SIGHUP, or start it with --tokens FILE",
        });
      }
      const served = await registry.reload(params.name);
      return describeModel(served, registry.list()[0] === served);
    },
  );
}
