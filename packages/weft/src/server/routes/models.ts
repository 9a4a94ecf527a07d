import type { App } from "../app.ts";
import type { ServerContext } from "../context.ts";
import { describeModel, modelList } from "../model-description.ts";

/** `/v1/models`: what is loaded, with its labels. */
export async function modelRoutes(app: App, { registry }: ServerContext): Promise<void> {
  app.get(
    "/v1/models",
    { schema: { tags: ["models"], summary: "the models, the default one first", response: { 200: modelList } } },
    async () => ({ models: registry.list().map((served, index) => describeModel(served, index === 0)) }),
  );
}
