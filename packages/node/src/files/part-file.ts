import { type FileHandle, open, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { FileError } from "../errors.ts";
import { fileFailure } from "./file-failure.ts";
import { joinedTexts, worthAWrite } from "./open-file.ts";
import { renameFile } from "./rename-file.ts";
import { sweepOnce } from "./temporary-files.ts";
import { syncFolder, targetOf, writeAll } from "./write-file.ts";

/**
 * A file that grows under the name `FILE.part` and gets its own name when it is complete. If the
 * program stops or is killed before, what was written stays there, and a later one can continue.
 */
export class PartFile {
  readonly path: string;
  /** Where it is until it is complete. */
  readonly partPath: string;
  readonly #handle: FileHandle;
  #bytes: number;
  #pieces: (string | Uint8Array)[] = [];
  #held = 0;

  private constructor(path: string, partPath: string, handle: FileHandle, bytes: number) {
    this.path = path;
    this.partPath = partPath;
    this.#handle = handle;
    this.#bytes = bytes;
  }

  /**
   * @param path where the file will be; a link stays a link
   * @param keep the bytes to keep of an earlier part, whose rest is dropped; defaults to none
   * @throws {FileError} when the system refuses, or the earlier part has fewer bytes
   */
  static async open(path: string, keep = 0): Promise<PartFile> {
    const partPath = await partPathOf(path);
    try {
      const target = await targetOf(path);
      await sweepOnce(dirname(partPath));
      const handle = await open(partPath, keep === 0 ? "w" : "r+", target.kind === "file" ? target.mode : 0o666);
      try {
        const { size } = await handle.stat();
        if (size < keep) throw tooShort(partPath, size, keep);
        await handle.truncate(keep);
      } catch (cause) {
        await handle.close();
        throw cause;
      }
      return new PartFile(target.path, partPath, handle, keep);
    } catch (cause) {
      throw fileFailure(cause, partPath, "write");
    }
  }

  /** Resolves when the piece has been accepted, so that memory stays constant. */
  async write(piece: string | Uint8Array): Promise<void> {
    this.#pieces.push(piece);
    this.#held += piece.length;
    if (this.#held >= worthAWrite) await this.#empty();
  }

  /**
   * Forces everything so far to disk.
   *
   * @returns the size of the file in bytes
   */
  async flush(): Promise<number> {
    await this.#empty();
    await this.#guarded(async () => this.#handle.datasync());
    return this.#bytes;
  }

  /** Gives the complete file its name. */
  async finish(): Promise<void> {
    await this.flush();
    await this.#guarded(async () => {
      await this.#handle.close();
      await renameFile(this.partPath, this.path);
    });
    await syncFolder(dirname(this.path));
  }

  /** Leaves what was written under its part name, or nothing if nothing was. */
  async suspend(): Promise<void> {
    let bytes: number;
    try {
      bytes = await this.flush();
    } finally {
      await this.#handle.close();
    }
    if (bytes === 0) await rm(this.partPath, { force: true });
  }

  async #empty(): Promise<void> {
    const taken = this.#pieces;
    [this.#pieces, this.#held] = [[], 0];
    for (const piece of joinedTexts(taken)) {
      const bytes = typeof piece === "string" ? Buffer.from(piece) : piece;
      await this.#guarded(async () => writeAll(this.#handle, [bytes], this.#bytes));
      this.#bytes += bytes.length;
    }
  }

  async #guarded(job: () => Promise<unknown>): Promise<void> {
    try {
      await job();
    } catch (cause) {
      throw fileFailure(cause, this.partPath, "write");
    }
  }
}

/** The name of a file until it is complete: beside the file itself, if the path is a link. */
export async function partPathOf(path: string): Promise<string> {
  try {
    const target = await targetOf(path, true);
    return join(dirname(target.path), `${basename(target.path)}.part`);
  } catch (cause) {
    throw fileFailure(cause, path, "write");
  }
}

function tooShort(source: string, size: number, keep: number): FileError {
  return new FileError("RESUME_MISMATCH", {
    at: { source },
    message: `the file has ${size} bytes, but ${keep} were written`,
    hint: "omit --resume to begin again",
  });
}
