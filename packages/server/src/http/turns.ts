import { setImmediate as nextTurn } from "node:timers/promises";

/** Max milliseconds that the work for one request may block the event loop. */
const turnMs = 8;

/**
 * Returns a function that long work awaits between its parts, to let other requests run when it has
 * taken its turn.
 *
 * @param signal aborted when the result is no longer needed; its reason is thrown
 */
export function turns(signal?: AbortSignal): () => Promise<void> {
  let turn = performance.now();
  return async () => {
    if (performance.now() - turn < turnMs) return;
    await nextTurn();
    signal?.throwIfAborted();
    turn = performance.now();
  };
}
