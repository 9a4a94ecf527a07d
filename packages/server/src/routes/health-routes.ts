import { contracts } from "@weft-nlp/api/contracts";
import type { ServerContext } from "../context.ts";
import { RequestError } from "../errors.ts";
import type { App } from "../http/app.ts";
import { endpoint } from "../http/endpoint.ts";

/** `/healthz` reports that the process answers, `/readyz` that it accepts requests. */
export async function healthRoutes(app: App, { registry, state }: ServerContext): Promise<void> {
  app.route({ ...endpoint(contracts.health), handler: async () => ({ status: "ok" }) });
  app.route({
    ...endpoint(contracts.readiness),
    handler: async () => {
      if (state.stopping) throw stopping();
      for (const { name, extractor } of registry.list()) {
        if (extractor.failure !== undefined) throw modelBroken(name, extractor.failure);
      }
      return { status: "ready" };
    },
  });
}

/** A single broken model makes the server not ready, so that an orchestrator replaces it. */
function modelBroken(name: string, cause: unknown): RequestError {
  return new RequestError("WORKERS_BROKEN", {
    message: `the model ${name} does not answer: its worker threads keep ending`,
    hint: "see the log for the reason; the server retries after a pause, and at once on SIGHUP",
    cause,
  });
}

export function stopping(): RequestError {
  return new RequestError("STOPPING", {
    message: "the server is stopping",
    hint: "send the request to another server, or retry when this one is back",
  });
}
