import { stat } from "node:fs/promises";
import { FileError } from "../errors.ts";
import { fileFailure } from "./file-failure.ts";

/**
 * Checks, before a file is opened, that it is a regular file of a plausible size. Opening a named
 * pipe waits for a writer, and a device may never end.
 *
 * @returns its size in bytes
 * @throws {FileError} FILE_UNUSABLE, FILE_TOO_LARGE, FILE_MISSING or similar
 */
export async function requireRegularFile(path: string, maxBytes: number): Promise<number> {
  const status = await stat(path).catch((cause: unknown) => {
    throw fileFailure(cause, path, "read");
  });
  if (status.isDirectory()) {
    throw new FileError("FILE_IS_FOLDER", {
      at: { source: path },
      message: "expected a file, found a folder",
      hint: "name a file inside the folder",
    });
  }
  if (!status.isFile()) {
    const what = status.isFIFO() ? "a named pipe" : status.isSocket() ? "a socket" : "a device";
    throw new FileError("FILE_UNUSABLE", {
      at: { source: path },
      message: `expected a regular file, found ${what}`,
      hint: "put the file itself here, or a link to it",
    });
  }
  if (status.size > maxBytes) throw tooLarge(path, maxBytes);
  return status.size;
}

/** The error for a file beyond the limit of its kind. */
export function tooLarge(source: string, maxBytes: number): FileError {
  return new FileError("FILE_TOO_LARGE", {
    at: { source },
    message: `the file is larger than ${Math.round(maxBytes / 2 ** 20)} MiB, the limit for this kind of file`,
    hint: "check that this is the file you meant",
  });
}

/** Whether a path is a file that can be read more than once. */
export async function isRegularFile(path: string): Promise<boolean> {
  return stat(path).then(
    (status) => status.isFile(),
    () => false,
  );
}
