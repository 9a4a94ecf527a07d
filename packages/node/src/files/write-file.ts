import { type FileHandle, link, mkdir, open, realpath, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline, Readable } from "node:stream";
import { createGzip } from "node:zlib";
import { FileError } from "../errors.ts";
import { fileFailure, systemCodeOf } from "./file-failure.ts";
import { renameFile } from "./rename-file.ts";
import { sweepOnce, temporaryName } from "./temporary-files.ts";

export type FileContent = string | Uint8Array | Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;

/**
 * Writes a file so that readers see either the old content or all of the new, at any time and after
 * a crash.
 *
 * The content goes to a temporary name in the same folder, is forced to disk and renamed; a failure
 * leaves nothing behind. A path that ends in `.gz` is compressed. A link stays a link, and what is
 * not a regular file (a device, a named pipe) is written to directly.
 *
 * @param options.keepAs the name under which the old file stays, in the same folder
 * @param options.mode the permissions of the file; defaults to those of the old file, or to what
 * the
 *   process gives new files
 * @throws {FileError} when the system refuses
 */
export async function writeFileAtomically(
  path: string,
  content: FileContent,
  options: { readonly keepAs?: string | undefined; readonly mode?: number | undefined } = {},
): Promise<void> {
  try {
    const target = await targetOf(path);
    if (target.kind === "device") await writeDirectly(target.path, piecesOf(path, content));
    else await writeAndRename({ ...target, mode: options.mode ?? target.mode }, piecesOf(path, content), options.keepAs);
  } catch (cause) {
    throw fileFailure(cause, path, "write");
  }
}

/**
 * Gives a complete file, forced to disk, its name without replacing another: of several processes
 * that try, one does. The temporary name stays until the caller removes it.
 *
 * @returns false if a file has this name already
 * @throws {FileError} when the system refuses
 */
export async function linkFile(temporary: string, path: string): Promise<boolean> {
  try {
    await link(temporary, path);
  } catch (cause) {
    if (systemCodeOf(cause) === "EEXIST") return false;
    throw fileFailure(cause, path, "write");
  }
  await syncFolder(dirname(path));
  return true;
}

/**
 * Creates a folder and its missing parents.
 *
 * @throws {FileError} when the system refuses
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (cause) {
    throw fileFailure(cause, path, "write");
  }
}

/** Where a path leads: a regular file that may not exist yet, or something else to write into. */
export type Target =
  | { readonly kind: "device"; readonly path: string }
  | { readonly kind: "file"; readonly path: string; readonly mode: number };

/**
 * Finds where a path leads.
 *
 * @param folderToo whether the path may name a folder, which counts as a file
 * @throws {FileError} FILE_IS_FOLDER
 */
export async function targetOf(path: string, folderToo = false): Promise<Target> {
  try {
    const status = await stat(path);
    if (status.isDirectory() && !folderToo) {
      throw new FileError("FILE_IS_FOLDER", {
        at: { source: path },
        message: "expected a file to write, found a folder",
        hint: "name a file inside the folder",
      });
    }
    if (!status.isFile() && !status.isDirectory()) return { kind: "device", path };
    return { kind: "file", path: await realpath(path), mode: status.mode & 0o777 };
  } catch (cause) {
    if (systemCodeOf(cause) === "ENOENT") return { kind: "file", path, mode: 0o666 };
    throw cause;
  }
}

async function writeAndRename(
  { path, mode }: { path: string; mode: number },
  pieces: Pieces,
  keepAs: string | undefined,
): Promise<void> {
  const folder = dirname(path);
  await sweepOnce(folder);
  const temporary = temporaryName(path);
  const handle = await open(temporary, "wx", mode);
  try {
    try {
      await writeAll(handle, pieces);
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (keepAs !== undefined) await keep(path, keepAs);
    await renameFile(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw cause;
  }
  await syncFolder(folder);
}

/** Gives a file a second name, which replaces another file; the first name stays. */
async function keep(path: string, name: string): Promise<void> {
  const temporary = temporaryName(name);
  try {
    await link(path, temporary);
    await renameFile(temporary, name);
    // Two names of one file already: renaming one to the other changes nothing, and both stay.
    await rm(temporary, { force: true });
  } catch (cause) {
    const code = systemCodeOf(cause);
    if (code === "ENOENT") return;
    // File systems without hard links have neither name for a moment, but both files.
    if (code !== "EPERM" && code !== "ENOTSUP" && code !== "ENOSYS") throw cause;
    await renameFile(path, name);
  }
}

async function writeDirectly(path: string, pieces: Pieces): Promise<void> {
  const handle = await open(path, "w");
  try {
    await writeAll(handle, pieces);
  } finally {
    await handle.close();
  }
}

type Pieces = Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;

function piecesOf(path: string, content: FileContent): Pieces {
  const pieces = typeof content === "string" || content instanceof Uint8Array ? [content] : content;
  if (!path.toLowerCase().endsWith(".gz")) return pieces;
  const gzip = createGzip();
  // An error reaches the writer through the loop over gzip; pipeline requires the callback.
  pipeline(Readable.from(pieces, { objectMode: true }), gzip, () => undefined);
  return gzip as AsyncIterable<Uint8Array>;
}

/**
 * Writes all pieces, however little of them a full disk accepts at a time.
 *
 * @param at the byte to write to; defaults to the end of what was written before
 */
export async function writeAll(handle: FileHandle, pieces: Pieces, at?: number): Promise<void> {
  let place = at;
  for await (const piece of pieces) {
    const bytes = typeof piece === "string" ? Buffer.from(piece) : piece;
    for (let from = 0; from < bytes.length; ) {
      const { bytesWritten } = await handle.write(bytes, from, undefined, place);
      from += bytesWritten;
      if (place !== undefined) place += bytesWritten;
    }
  }
}

/**
 * Makes the new name survive a power failure. Some systems cannot do this; the file itself is
 * already safe.
 */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    return;
  }
}
