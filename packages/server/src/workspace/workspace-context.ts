import type { ServerContext } from "../context.ts";
import type { WorkspaceOptions } from "../options.ts";
import type { RunComparer } from "./compare-runs.ts";
import type { DataShelf } from "./data-shelf.ts";
import type { RunShelf } from "./run-shelf.ts";

/**
 * What the workspace routes are registered with. They share one shelf, so a file is read and cached
 * once.
 */
export interface WorkspaceContext extends ServerContext {
  readonly workspace: WorkspaceOptions;
  /** Undefined if the server has no runs folder. */
  readonly runs: RunShelf | undefined;
  readonly data: DataShelf;
  readonly comparer: RunComparer;
}
