import { setMaxListeners } from "node:events";
import type { FastifyReply } from "fastify";
import { clientGone } from "./json-body.ts";

/** How long a request may take, and whether anybody still waits for its answer. */
export interface RequestScope {
  /** On the clock of `performance.now()`. */
  readonly deadline: number;
  /** Aborted when the client leaves. */
  readonly signal: AbortSignal;
}

/**
 * The deadline counts from the arrival of the request's headers: a body that takes its time takes it from the answer.
 *
 * @param timeoutMs what the client asks for; the server's own limit holds beside it
 */
export function requestScope(
  reply: Pick<FastifyReply, "raw" | "elapsedTime">,
  { deadlineMs }: { readonly deadlineMs: number },
  timeoutMs = deadlineMs,
): RequestScope {
  const controller = new AbortController();
  // Every text of a stream listens.
  setMaxListeners(0, controller.signal);
  reply.raw.once("close", () => {
    if (!reply.raw.writableFinished) controller.abort(clientGone());
  });
  return { deadline: performance.now() - reply.elapsedTime + Math.min(deadlineMs, timeoutMs), signal: controller.signal };
}
