import { mkdir, readdir, rm, rmdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { FileError } from "../errors.ts";
import { fileFailure, systemCodeOf } from "./file-failure.ts";
import { renameFile } from "./rename-file.ts";
import { sweepOnce, temporaryName } from "./temporary-files.ts";

/** A folder that is filled under a temporary name and appears only when complete. */
export interface OpenedFolder {
  /** Where to put files. */
  readonly temporary: string;
  /** Gives the folder its name. @throws {FileError} when the system refuses */
  close(): Promise<void>;
  /** Removes what was written. */
  abort(): Promise<void>;
}

/**
 * Opens a new folder for writing.
 *
 * @throws {FileError} when the system refuses, or if the folder is not empty
 */
export async function openFolder(path: string): Promise<OpenedFolder> {
  const temporary = temporaryName(path);
  const abort = async (): Promise<void> => rm(temporary, { recursive: true, force: true });
  try {
    await refuseFull(path);
    await sweepOnce(dirname(path));
    await mkdir(temporary);
  } catch (cause) {
    throw fileFailure(cause, path, "write");
  }
  return {
    temporary,
    abort,
    async close() {
      try {
        await removeEmpty(path);
        await renameFile(temporary, path);
      } catch (cause) {
        await abort();
        throw fileFailure(cause, path, "write");
      }
    },
  };
}

/**
 * Refuses a folder that holds files, and a file.
 *
 * @throws {FileError} OUTPUT_EXISTS, FILE_IS_FOLDER
 */
export async function refuseFull(path: string): Promise<void> {
  let names: string[];
  try {
    if (!(await stat(path)).isDirectory()) {
      throw new FileError("FILE_IS_FOLDER", {
        at: { source: path },
        message: "expected a folder to write, found a file",
        hint: "name a folder that does not exist yet",
      });
    }
    names = await readdir(path);
  } catch (cause) {
    if (systemCodeOf(cause) === "ENOENT") return;
    throw cause;
  }
  if (names.length === 0) return;
  throw new FileError("OUTPUT_EXISTS", {
    at: { source: path },
    message: `the folder holds ${names.length === 1 ? "a file" : `${names.length} files`} already`,
    hint: "name a folder that does not exist yet, or empty this one",
  });
}

/** Some systems cannot rename onto a folder, even an empty one. */
async function removeEmpty(path: string): Promise<void> {
  try {
    await rmdir(path);
  } catch (cause) {
    if (systemCodeOf(cause) !== "ENOENT") throw cause;
  }
}
