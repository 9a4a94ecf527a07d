import { setMaxListeners } from "node:events";
import type { Socket } from "node:net";
import type { FastifyReply } from "fastify";
import { clientGone } from "./json-body.ts";

/** How long a request may take, and whether anybody still waits for its answer. */
export interface RequestScope {
  /** On the clock of `performance.now()`. */
  readonly deadline: number;
  /**
   * Aborted when the client leaves; all requests of its connection share it, so who listens takes
   * the listener off.
   */
  readonly signal: AbortSignal;
}

/**
 * The deadline counts from the arrival of the request's headers: a body that takes its time takes
 * it from the answer.
 *
 * @param timeoutMs what the client asks for; the server's own limit holds beside it
 */
export function requestScope(
  reply: Pick<FastifyReply, "raw" | "elapsedTime">,
  { deadlineMs }: { readonly deadlineMs: number },
  timeoutMs = deadlineMs,
): RequestScope {
  return {
    deadline: performance.now() - reply.elapsedTime + Math.min(deadlineMs, timeoutMs),
    signal: endOf(reply.raw.req.socket),
  };
}

/**
 * One a connection: at its end nobody waits for any request of it, and to make one for each would
 * be a tenth of what a request costs.
 */
const ends = new WeakMap<Socket, AbortSignal>();

function endOf(socket: Socket): AbortSignal {
  const known = ends.get(socket);
  if (known !== undefined) return known;
  const controller = new AbortController();
  // Every text of a stream listens.
  setMaxListeners(0, controller.signal);
  const end = (): void => controller.abort(clientGone());
  if (socket.destroyed) end();
  else socket.once("close", end);
  ends.set(socket, controller.signal);
  return controller.signal;
}
