import { randomBytes } from "node:crypto";
import { type FileHandle, mkdir, open, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pipeline, Readable } from "node:stream";
import { createGzip } from "node:zlib";
import { FileError } from "../errors.ts";
import { fileFailure, systemCodeOf } from "./file-failure.ts";

export type FileContent = string | Uint8Array | Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;

/**
 * Writes a file so that readers see either the old content or all of the new, at any time and after
 * a crash.
 *
 * The content goes to a temporary name in the same folder, is forced to disk and renamed; a failure
 * leaves nothing behind. A path that ends in `.gz` is compressed. A link stays a link, and what is
 * not a regular file (a device, a named pipe) is written to directly.
 *
 * @throws {FileError} when the system refuses
 */
export async function writeFileAtomically(path: string, content: FileContent): Promise<void> {
  try {
    const target = await targetOf(path);
    if (target.kind === "device") await writeDirectly(target.path, piecesOf(path, content));
    else await writeAndRename(target, piecesOf(path, content));
  } catch (cause) {
    throw fileFailure(cause, path, "write");
  }
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

type Target =
  | { readonly kind: "device"; readonly path: string }
  | { readonly kind: "file"; readonly path: string; readonly mode: number };

async function targetOf(path: string): Promise<Target> {
  try {
    const status = await stat(path);
    if (status.isDirectory()) {
      throw new FileError("FILE_IS_FOLDER", {
        at: { source: path },
        message: "expected a file to write, found a folder",
        hint: "name a file inside the folder",
      });
    }
    if (!status.isFile()) return { kind: "device", path };
    return { kind: "file", path: await realpath(path), mode: status.mode & 0o777 };
  } catch (cause) {
    if (systemCodeOf(cause) === "ENOENT") return { kind: "file", path, mode: 0o666 };
    throw cause;
  }
}

async function writeAndRename({ path, mode }: { path: string; mode: number }, pieces: Pieces): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path).slice(0, 200)}.${process.pid}.${randomBytes(4).toString("hex")}.tmp`);
  const handle = await open(temporary, "wx", mode);
  try {
    try {
      await writeAll(handle, pieces);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw cause;
  }
  await syncFolder(folder);
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

async function writeAll(handle: FileHandle, pieces: Pieces): Promise<void> {
  for await (const piece of pieces) {
    const bytes = typeof piece === "string" ? Buffer.from(piece) : piece;
    // When the disk is almost full, a write may accept only part of the data.
    for (let from = 0; from < bytes.length; ) from += (await handle.write(bytes, from)).bytesWritten;
  }
}

/**
 * Makes the new name survive a power failure. Some systems cannot do this; the file itself is
 * already safe.
 */
async function syncFolder(folder: string): Promise<void> {
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
