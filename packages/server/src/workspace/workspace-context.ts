import type { ServerContext } from "../context.ts";
import type { WorkspaceOptions } from "../options.ts";
import type { DataShelf } from "./data-shelf.ts";
import type { RunShelf } from "./run-shelf.ts";

/**
 * What the routes of the workspace are registered with: one shelf for all of them, so that a file
 * is read and kept once.
 */
export interface WorkspaceContext extends ServerContext {
  readonly workspace: WorkspaceOptions;
  /** Undefined where the server was started without a folder of runs. */
  readonly runs: RunShelf | undefined;
  readonly data: DataShelf;
}
