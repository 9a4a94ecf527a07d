import { setTimeout as sleep } from "node:timers/promises";
import type { RunState } from "@weft-nlp/node/runs";
import { followEvents } from "@weft-nlp/node/runs";
import { thinEvents } from "./thin-events.ts";

/** Points of each part of a model that a look at the log becomes at most. */
const maxPoints = 400;
/** Silence after which a word goes out, so that whatever stands between keeps the connection. */
const idleMs = 2000;

/**
 * A run's log as server-sent events: all there is by now, then what comes, until nobody trains it
 * any more.
 */
export async function* runEvents(
  folder: string,
  stateOf: () => Promise<RunState>,
  signal: AbortSignal,
): AsyncGenerator<string, void, void> {
  const looks = followEvents(folder, { signal });
  const ask = (): ReturnType<typeof looks.next> => {
    const next = looks.next();
    // Whoever leaves meanwhile does not hear of it.
    next.catch(() => undefined);
    return next;
  };
  try {
    let next = ask();
    while (!signal.aborted) {
      // Asked before the look comes: what was written before the end is then among what it holds.
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
