import { setImmediate as nextTurn } from "node:timers/promises";

/** Longest time that work for one request may keep the event loop from the others. */
const turnMs = 8;

/**
 * What long work waits for between its parts: it gives others a turn where it is time for one.
 *
 * @param signal aborted when nobody waits for the work any more; its reason is thrown
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
