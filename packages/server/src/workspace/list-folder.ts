import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileFailure, systemCodeOf } from "@weft-nlp/node/files";

/** A folder below the one that is listed, with the names of what stands in it. */
export interface ListedFolder {
  /** From the listed folder, with `/` between names on every system; empty for itself. */
  readonly path: string;
  readonly files: readonly string[];
}

/**
 * The folders from one downwards, in the order of their names. Links are not followed and hidden
 * names are left out, so nothing outside the folder is ever reached through it.
 *
 * @param depth how far down; 0 lists the folder alone
 * @throws {FileError} where the folder itself cannot be read; those further down that cannot are
 *   left out
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
