import { chmod, open, rm, rmdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Document } from "@weft-nlp/core";
import type { TripleFormat, TripleOptions } from "@weft-nlp/core/triples";
import { fileFailure } from "../files/file-failure.ts";
import { refuseFull } from "../files/open-folder.ts";
import { PartFile } from "../files/part-file.ts";
import { standardStream } from "../files/read-text.ts";
import { renameFile } from "../files/rename-file.ts";
import { syncFolder, type Target, targetOf, writeAll } from "../files/write-file.ts";
import { openTriples } from "../triples/output.ts";

/** Where an extract puts its documents: a destination and its format. */
export interface OutputTarget {
  /** `-` for standard output. */
  readonly path: string;
  readonly format: TripleFormat;
}

/** A file of any content that can be left unfinished. */
export interface GrowingFile {
  /** Its name until it is complete; absent if it has only one, as a device does. */
  readonly partPath?: string | undefined;
  write(piece: string | Uint8Array): Promise<void>;
  /**
   * Forces everything so far to disk.
   *
   * @returns how many bytes that is, or undefined if they cannot be continued
   */
  flush(): Promise<number | undefined>;
  /** Gives the complete file its name. */
  finish(): Promise<void>;
  /** Keeps what was written under the part name. */
  suspend(): Promise<void>;
}

/** A destination for documents that keeps them when the program stops early. */
export interface GrowingOutput extends Omit<GrowingFile, "write"> {
  write(document: Document): Promise<void>;
}

/** Opens a file to append to; what is not a regular file is written to directly. */
export async function openGrowing(path: string, keep: number | undefined): Promise<GrowingFile> {
  const target = await find(path);
  return target.kind === "file" ? PartFile.open(path, keep) : openDevice(path);
}

/**
 * Opens an output for documents.
 *
 * In an appendable format, the file grows under the name `FILE.part` and can be continued there.
 * In others, what was written is ended properly when the program stops and gets that name.
 *
 * @param keep the bytes to keep of an earlier part
 */
export async function openOutput(
  { path, format }: OutputTarget,
  options: TripleOptions,
  keep: number | undefined,
): Promise<GrowingOutput> {
  if (path === standardStream || (await find(path, format.files !== undefined)).kind === "device")
    return direct(path, format, options);
  if (!canBeContinued({ path, format })) return inOnePiece(path, format, options);
  const file = await openGrowing(path, keep);
  const continued = (keep ?? 0) > 0 || options.continued === true;
  const writer = format.open(file, { ...options, continued });
  return {
    partPath: file.partPath,
    write: async (document) => writer.write(document),
    flush: async () => file.flush(),
    async finish() {
      await writer.end();
      await file.finish();
    },
    suspend: async () => file.suspend(),
  };
}

/** Whether an output that was left unfinished can be continued. */
export function canBeContinued({ path, format }: OutputTarget): boolean {
  return path !== standardStream && format.appendable === true && !/\.gz$/i.test(path);
}

/** Whether a path leads to something that is written to directly, such as a device or a pipe. */
export async function isDevice(path: string): Promise<boolean> {
  return (await find(path, true)).kind === "device";
}

/** @param folderToo whether a folder may be there, as for a format of several files */
async function find(path: string, folderToo = false): Promise<Target> {
  return targetOf(path, folderToo).catch((cause: unknown) => {
    throw fileFailure(cause, path, "write");
  });
}

async function direct(path: string, format: TripleFormat, options: TripleOptions): Promise<GrowingOutput> {
  const output = await openTriples(path, format, options);
  return {
    write: async (document) => output.write(document),
    flush: async () => undefined,
    finish: async () => output.close(),
    suspend: async () => (format.appendable === true ? output.abort() : output.close()),
  };
}

async function openDevice(path: string): Promise<GrowingFile> {
  const guarded = async <Value>(job: () => Promise<Value>): Promise<Value> =>
    job().catch((cause: unknown) => {
      throw fileFailure(cause, path, "write");
    });
  const handle = await guarded(async () => open(path, "w"));
  const close = async (): Promise<void> => guarded(async () => handle.close());
  return {
    write: async (piece) => guarded(async () => writeAll(handle, [piece])),
    flush: async () => undefined,
    finish: close,
    suspend: close,
  };
}

async function inOnePiece(path: string, format: TripleFormat, options: TripleOptions): Promise<GrowingOutput> {
  const target = await find(path, format.files !== undefined);
  const partPath = join(dirname(target.path), basename(target.path).replace(/(\.gz)?$/i, ".part$1"));
  if (format.files !== undefined) await refuseFull(path);
  const output = await openTriples(partPath, format, options);
  let documents = 0;
  return {
    partPath,
    async write(document) {
      documents++;
      await output.write(document);
    },
    flush: async () => undefined,
    async finish() {
      await output.close();
      try {
        const old = await stat(target.path).catch(() => undefined);
        if (old?.isDirectory() === true) await rmdir(target.path);
        else if (old !== undefined) await chmod(partPath, old.mode & 0o777);
        await renameFile(partPath, target.path);
      } catch (cause) {
        await rm(partPath, { recursive: true, force: true });
        throw fileFailure(cause, path, "write");
      }
      await syncFolder(dirname(target.path));
    },
    suspend: async () => (documents === 0 ? output.abort() : output.close()),
  };
}
