import * as z from "zod";
import { RequestError } from "../../errors.ts";
import type { App } from "../app.ts";
import type { ServerContext } from "../context.ts";

/** `/healthz`: the process answers. `/readyz`: it takes requests. */
export async function healthRoutes(app: App, { state }: ServerContext): Promise<void> {
  const answer = { 200: z.object({ status: z.string() }) };
  app.get(
    "/healthz",
    { schema: { tags: ["operation"], summary: "whether the process answers", response: answer } },
    async () => ({
      status: "ok",
    }),
  );
  app.get("/readyz", { schema: { tags: ["operation"], summary: "whether requests are taken", response: answer } }, async () => {
    if (state.stopping) throw stopping();
    return { status: "ready" };
  });
}

export function stopping(): RequestError {
  return new RequestError("STOPPING", {
    message: "the server is about to stop",
    hint: "send the request to another one, or again when it is back",
  });
}
