import type { ServerOptions } from "../options.ts";
import { DataShelf } from "./data-shelf.ts";
import { RunShelf } from "./run-shelf.ts";

export interface Shelves {
  /** Undefined where the server was started without a folder of runs. */
  readonly runs: RunShelf | undefined;
  readonly data: DataShelf;
}

const known = new WeakMap<ServerOptions, Shelves>();

/** The runs and the data of a server: one of each for all its routes, so that a file is read and kept once. */
export function shelvesOf(options: ServerOptions): Shelves {
  const shelves = known.get(options) ?? {
    runs: options.runs === undefined ? undefined : new RunShelf(options.runs),
    data: new DataShelf(options.data ?? []),
  };
  known.set(options, shelves);
  return shelves;
}
