import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileFailure, systemCodeOf } from "@weft-nlp/node/files";

/** A folder in a listing, with the names of its contents. */
export interface ListedFolder {
  /** Relative to the root of the listing, with `/` on every system; empty for the root. */
  readonly path: string;
  readonly files: readonly string[];
}

/**
 * Lists a folder and those below it, ordered by name. Links are not followed and hidden names are
 * skipped, so nothing outside the folder is reached.
 *
 * @param depth max depth; 0 lists only the folder itself
 * @throws {FileError} if the folder itself cannot be read; unreadable folders below it are skipped
 */
export async function* listFolder(root: string, depth: number, path = ""): AsyncGenerator<ListedFolder> {
  const entries = await readdir(join(root, path), { withFileTypes: true }).catch((cause: unknown) => {
    if (systemCodeOf(cause) === undefined) throw cause;
    if (path === "") throw fileFailure(cause, root, "read");
    return [];
  });
  const shown = entries.filter(({ name }) => !name.startsWith(".")).sort((a, b) => (a.name < b.name ? -1 : 1));
  yield { path, files: shown.filter((entry) => entry.isFile()).map(({ name }) => name) };
  if (depth === 0) return;
  for (const { name } of shown.filter((entry) => entry.isDirectory())) {
    yield* listFolder(root, depth - 1, path === "" ? name : `${path}/${name}`);
  }
}
