import { routes } from "@weft-nlp/api";
import type { ServerContext } from "./context.ts";
import type { App } from "./http/app.ts";

/**
 * Counts and logs every request, answered or abandoned. The log holds the route, never a text, and
 * nothing else that a client chooses except the method. Answers to probes are logged only when they
 * are not a success.
 */
export function recordRequests(app: App, { metrics, logger }: Pick<ServerContext, "metrics" | "logger">): void {
  app.addHook("onRequest", async (request, reply) => {
    // Fires for every answer; the framework's `onResponse` fires only for those that were sent.
    reply.raw.once("close", () => {
      const route = request.routeOptions.url ?? "none";
      const ms = Math.round(reply.elapsedTime * 100) / 100;
      // A client that disconnected early is not a success, whatever answer was prepared.
      const status = reply.raw.writableFinished ? reply.raw.statusCode : 499;
      metrics.onRequest(route, request.method, status, ms / 1000);
      if (probes.has(route) && status < 400) return;
      logger.info({ request: request.id, method: request.method, route, status, ms }, "answered");
    });
  });
}

/** Routes that an orchestrator asks every few seconds. */
const probes: ReadonlySet<string> = new Set([routes.health.path, routes.readiness.path, routes.metrics.path]);
