import { setMaxListeners } from "node:events";
import type { Socket } from "node:net";
import type { FastifyReply } from "fastify";
import { clientGone } from "./json-body.ts";

/** How long a request may take, and whether its client still waits for the answer. */
export interface RequestScope {
  /** On the clock of `performance.now()`. */
  readonly deadline: number;
  /**
   * Aborted when the client disconnects. All requests of a connection share it, so remove listeners
   * after use.
   */
  readonly signal: AbortSignal;
}

/**
 * The deadline counts from the arrival of the headers, so a slow body leaves less time for the
 * answer.
 *
 * @param timeoutMs the client's own deadline; the server's applies if it is sooner
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
 * One per connection: all its requests end with it, and one per request would add a tenth to the
 * cost of a request.
 */
const ends = new WeakMap<Socket, AbortSignal>();

function endOf(socket: Socket): AbortSignal {
  const known = ends.get(socket);
  if (known !== undefined) return known;
  const controller = new AbortController();
  // Every text of a stream adds a listener.
  setMaxListeners(0, controller.signal);
  const end = (): void => controller.abort(clientGone());
  if (socket.destroyed) end();
  else socket.once("close", end);
  ends.set(socket, controller.signal);
  return controller.signal;
}
