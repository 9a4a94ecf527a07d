import { contracts } from "@weft-nlp/api/contracts";
import type { ServerContext } from "../context.ts";
import { RequestError } from "../errors.ts";
import type { App } from "../http/app.ts";
import { endpoint } from "../http/endpoint.ts";

/** `/healthz`: the process answers. `/readyz`: it takes requests. */
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

/**
 * One model that answers nothing makes the server not ready: whoever watches it shall put another
 * in its place.
 */
function modelBroken(name: string, cause: unknown): RequestError {
  return new RequestError("WORKERS_BROKEN", {
    message: `worker threads of the model ${name} ended time and again, and it answers nothing`,
    hint: "the log says why they ended; others are tried after a pause, and SIGHUP does so at once",
    cause,
  });
}

export function stopping(): RequestError {
  return new RequestError("STOPPING", {
    message: "the server is about to stop",
    hint: "send the request to another one, or again when it is back",
  });
}
