import { Readable } from "node:stream";
import * as z from "zod";
import type { ServerContext } from "../context.ts";
import { RequestError } from "../errors.ts";
import type { App } from "../http/app.ts";
import { requestScope } from "../http/request-scope.ts";
import { groupsOf, runDetailsOf } from "./run-details.ts";
import { runEvents } from "./run-events.ts";
import { type RunEntry, runDetails, runList } from "./run-schemas.ts";
import type { RunShelf } from "./run-shelf.ts";
import { shelvesOf } from "./shelves.ts";

const mostStreams = 64;

/** `/v1/runs`: the trainings of a folder, how they stand, and their curves while they are under way. */
export async function runRoutes(app: App, { options }: ServerContext): Promise<void> {
  const { runs: shelf } = shelvesOf(options);
  const params = z.object({ name: z.string() });
  const stop = new AbortController();
  let streams = 0;
  app.addHook("preClose", async () => stop.abort());
  app.get(
    "/v1/runs",
    {
      schema: {
        tags: ["workspace"],
        summary: "the runs of the folder that the server was started with",
        response: { 200: runList },
      },
    },
    async () => {
      if (shelf === undefined) return { shown: false, runs: [], groups: [] };
      const runs = await entriesOf(shelf);
      return { shown: true, runs, groups: groupsOf(runs) };
    },
  );
  app.get(
    "/v1/runs/:name",
    {
      schema: {
        tags: ["workspace"],
        summary: "configuration and scores of a run, with the spread over seeds where there are several",
        params,
        response: { 200: runDetails },
      },
    },
    async ({ params: { name } }) => {
      const known = shelfOf(shelf);
      return runDetailsOf(known, await known.find(name), await entriesOf(known));
    },
  );
  app.get(
    "/v1/runs/:name/events",
    {
      schema: {
        tags: ["workspace"],
        summary: "the curves of a run, thinned, and what comes to them while it trains",
        description:
          "Server-sent events. `points` is {restarted, points}: where restarted is true, all points before count no more; a point is " +
          "{kind: loss, part?, at, loss} or {kind: score, part?, at, protocol, score, improved}, with `at` in epochs. `end` is {state}, " +
          "and the stream ends, once nobody trains the run any more.",
        params,
        produces: ["text/event-stream"],
      },
    },
    async ({ params: { name } }, reply) => {
      const known = shelfOf(shelf);
      const run = await known.find(name);
      if (streams >= mostStreams) {
        throw new RequestError("OVERLOADED", {
          message: `${mostStreams} runs are being followed already, the most this server takes`,
        });
      }
      const { signal } = requestScope(reply, { deadlineMs: Number.POSITIVE_INFINITY });
      streams++;
      reply.raw.once("close", () => void streams--);
      const events = runEvents(run.folder, async () => (await known.entry(run)).state, AbortSignal.any([signal, stop.signal]));
      return reply
        .type("text/event-stream; charset=utf-8")
        .headers({ "cache-control": "no-store", "x-accel-buffering": "no" })
        .send(Readable.from(events));
    },
  );
}

/** @throws {RequestError} RUN_UNKNOWN where the server shows no runs at all */
export function shelfOf(shelf: RunShelf | undefined): RunShelf {
  if (shelf !== undefined) return shelf;
  throw new RequestError("RUN_UNKNOWN", {
    message: "this server shows no runs",
    hint: "start it with --runs FOLDER, the folder that weft train writes into",
  });
}

async function entriesOf(shelf: RunShelf): Promise<RunEntry[]> {
  const entries: RunEntry[] = [];
  for (const run of await shelf.runs()) entries.push(await shelf.entry(run));
  return entries;
}
