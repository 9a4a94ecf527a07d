import type { ServerContext } from "../context.ts";
import type { App } from "../http/app.ts";

/** `/metrics`, in the text form of Prometheus. */
export async function metricRoutes(app: App, { metrics }: ServerContext): Promise<void> {
  app.get("/metrics", { schema: { tags: ["operation"], summary: "counts and times, for Prometheus" } }, async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.text()),
  );
}
