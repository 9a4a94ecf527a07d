import { Readable } from "node:stream";
import type { RunEntry } from "@weft-nlp/api";
import { contracts } from "@weft-nlp/api/contracts";
import { RequestError } from "../errors.ts";
import type { App } from "../http/app.ts";
import { endpoint } from "../http/endpoint.ts";
import { requestScope } from "../http/request-scope.ts";
import { RunKeeper } from "./manage-run.ts";
import { packRun } from "./pack-run.ts";
import { groupsOf, runDetailsOf } from "./run-details.ts";
import { runEvents } from "./run-events.ts";
import type { RunShelf } from "./run-shelf.ts";
import { tagRun } from "./run-tags.ts";
import type { WorkspaceContext } from "./workspace-context.ts";

const maxStreams = 64;

/** `/v1/runs`: the trainings in a folder, their state, and their curves as they train. */
export async function runRoutes(app: App, { runs: shelf, workspace, registry }: WorkspaceContext): Promise<void> {
  const keeper = shelf === undefined || workspace.runs === undefined ? undefined : new RunKeeper(workspace.runs, shelf, registry);
  const stop = new AbortController();
  let streams = 0;
  app.addHook("preClose", async () => stop.abort());
  app.route({
    ...endpoint(contracts.runs),
    handler: async () => {
      if (shelf === undefined) return { shown: false, runs: [], groups: [] };
      const runs = await entriesOf(shelf);
      return { shown: true, runs, groups: groupsOf(runs) };
    },
  });
  app.route({
    ...endpoint(contracts.run),
    handler: async ({ params: { name } }) => {
      const known = shelfOf(shelf);
      return runDetailsOf(known, await known.find(name), await entriesOf(known));
    },
  });
  app.route({
    ...endpoint(contracts.changeRun),
    handler: async ({ params: { name }, body }) => {
      const known = shelfOf(shelf);
      const run = await known.find(name);
      const now = body.name === undefined || keeper === undefined ? name : await keeper.rename(run, body.name);
      const changed = now === name ? run : await known.find(now);
      if (body.tags !== undefined) await tagRun(changed.folder, body.tags);
      return known.entry(changed);
    },
  });
  app.route({
    ...endpoint(contracts.removeRun),
    handler: async ({ params: { name } }) => {
      const run = await shelfOf(shelf).find(name);
      return { name, kept: (await keeper?.remove(run)) ?? "" };
    },
  });
  app.route({
    ...endpoint(contracts.downloadRun),
    handler: async ({ params: { name } }, reply) => {
      const { folder } = await shelfOf(shelf).find(name);
      const short =
        name
          .split("/")
          .at(-1)
          ?.replaceAll(/[^\w.-]/g, "_") ?? "run";
      requestScope(reply, { deadlineMs: Number.POSITIVE_INFINITY });
      return reply
        .type("application/gzip")
        .header("content-disposition", `attachment; filename="${short}.tar.gz"`)
        .send(await packRun(folder, short));
    },
  });
  app.route({
    ...endpoint(contracts.runEvents),
    handler: async ({ params: { name } }, reply) => {
      const known = shelfOf(shelf);
      const run = await known.find(name);
      if (streams >= maxStreams) {
        throw new RequestError("OVERLOADED", {
          message: `${maxStreams} clients follow runs already, the limit of this server`,
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
  });
}

/** @throws {RequestError} RUN_UNKNOWN if the server has no runs folder */
export function shelfOf(shelf: RunShelf | undefined): RunShelf {
  if (shelf !== undefined) return shelf;
  throw new RequestError("RUN_UNKNOWN", {
    message: "this server has no runs folder",
    hint: "start it with --runs FOLDER, where FOLDER is the output folder of weft train",
  });
}

async function entriesOf(shelf: RunShelf): Promise<RunEntry[]> {
  const entries: RunEntry[] = [];
  for (const run of await shelf.runs()) entries.push(await shelf.entry(run));
  return entries;
}
