import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { FileError, UsageError } from "@weft-nlp/node/errors";

/**
 * Checks an output before hours of annotation go into it: an input is never replaced, a folder
 * neither, and another file only if asked to.
 *
 * @param taken the paths that it must not be
 * @param words what those are, after "PATH is"
 * @throws {UsageError} if it is one of them @throws {FileError} OUTPUT_EXISTS
 */
export async function refuseExisting(path: string, taken: readonly string[], words: string, force: boolean): Promise<void> {
  if (taken.some((other) => resolve(other) === resolve(path))) throw new UsageError(`${path} is ${words}`, "name another file");
  const there = await stat(path).catch(() => undefined);
  if (there === undefined || (force && there.isFile())) return;
  throw new FileError("OUTPUT_EXISTS", {
    at: { source: path },
    message: there.isFile() ? "the file already exists" : "the folder already exists, and a folder is never replaced",
    hint: there.isFile() ? "name another file, or replace it with --force" : "name another folder, or remove this one",
  });
}
