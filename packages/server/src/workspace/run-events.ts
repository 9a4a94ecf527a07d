import { setTimeout as sleep } from "node:timers/promises";
import type { RunState } from "@weft-nlp/node/runs";
import { followEvents } from "@weft-nlp/node/runs";
import { thinEvents } from "./thin-events.ts";

/** Max points for each part of a model in one read of the log. */
const maxPoints = 400;
/** Milliseconds of silence before a comment is sent, so that proxies keep the connection open. */
const idleMs = 2000;

/**
 * A run's log as server-sent events: first all points so far, then new ones until the training
 * ends.
 */
export async function* runEvents(
  folder: string,
  stateOf: () => Promise<RunState>,
  signal: AbortSignal,
): AsyncGenerator<string, void, void> {
  const looks = followEvents(folder, { signal });
  const ask = (): ReturnType<typeof looks.next> => {
    const next = looks.next();
    // If the client disconnects meanwhile, the error has no consumer.
    next.catch(() => undefined);
    return next;
  };
  try {
    let next = ask();
    while (!signal.aborted) {
      // Read the state before the log, so that the log includes everything written before the end.
      const state = await stateOf();
      const idle = new AbortController();
      const look = await Promise.race([next, silence(AbortSignal.any([signal, idle.signal]))]);
      idle.abort();
      if (look === undefined) {
        yield state === "running" ? ": nothing new\n\n" : message("end", { state });
        if (state !== "running") return;
        continue;
      }
      if (look.done === true) return;
      const { fresh, restarted, done } = look.value;
      yield message("points", { restarted, points: thinEvents(fresh, maxPoints) });
      if (done || state !== "running") {
        yield message("end", { state: done ? "done" : state });
        return;
      }
      next = ask();
    }
  } finally {
    void looks.return(undefined).catch(() => undefined);
  }
}

async function silence(signal: AbortSignal): Promise<undefined> {
  await sleep(idleMs, undefined, { signal }).catch(() => undefined);
  return undefined;
}

function message(event: string, data: unknown): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
