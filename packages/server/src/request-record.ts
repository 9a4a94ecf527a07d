import type { ServerContext } from "./context.ts";
import type { App } from "./http/app.ts";

/**
 * Counts and logs every request, answered or left. The log has the route, never the text, and
 * nothing that a client can choose but its method.
 */
export function recordRequests(app: App, { metrics, logger }: Pick<ServerContext, "metrics" | "logger">): void {
  app.addHook("onRequest", async (request, reply) => {
    // The end of every answer, while what the framework calls a response is one that went out.
    reply.raw.once("close", () => {
      const route = request.routeOptions.url ?? "none";
      const ms = Math.round(reply.elapsedTime * 100) / 100;
      // A client that has left before its answer is no success, whatever was prepared for it.
      const status = reply.raw.writableFinished ? reply.raw.statusCode : 499;
      metrics.onRequest(route, request.method, status, ms / 1000);
      logger.info({ request: request.id, method: request.method, route, status, ms }, "answered");
    });
  });
}
