import type { ServerContext } from "../context.ts";
import type { App } from "../http/app.ts";
import type { WorkspaceOptions } from "../options.ts";
import { compareRoutes } from "./compare-routes.ts";
import { RunComparer } from "./compare-runs.ts";
import { correctionRoutes } from "./correction-routes.ts";
import { dataRoutes } from "./data-routes.ts";
import { DataShelf } from "./data-shelf.ts";
import { runRoutes } from "./run-routes.ts";
import type { RunShelf } from "./run-shelf.ts";
import type { WorkspaceContext } from "./workspace-context.ts";

/** The server plugin for runs, data and corrections. */
export function workspacePlugin(
  workspace: WorkspaceOptions,
  runs: RunShelf | undefined,
): (app: App, context: ServerContext) => Promise<void> {
  return async (app, context) => {
    const own: WorkspaceContext = {
      ...context,
      workspace,
      runs,
      data: new DataShelf(workspace.data ?? []),
      comparer: new RunComparer(context.options),
    };
    for (const routes of [runRoutes, compareRoutes, dataRoutes, correctionRoutes]) await app.register(routes, own);
  };
}
