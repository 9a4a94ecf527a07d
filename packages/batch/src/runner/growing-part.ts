import { createHash } from "node:crypto";
import { type FileHandle, open, rm } from "node:fs/promises";
import { fileFailure, joinedTexts, writeAll } from "@weft-nlp/node/files";
import type { Store } from "../store/index.ts";

/** What was put under a name. */
export interface PutFile {
  readonly sha256: string;
  readonly bytes: number;
}

/** Bytes that are collected before each write. */
const worthAWrite = 1 << 16;

/** Contents that grow in a scratch file of a store until they get their name. */
export class GrowingPart {
  readonly #store: Store;
  readonly #name: string;
  readonly #scratch: string;
  readonly #handle: FileHandle;
  readonly #hash = createHash("sha256");
  #bytes = 0;
  #pieces: (string | Uint8Array)[] = [];
  #held = 0;
  #open = true;

  private constructor(store: Store, name: string, scratch: string, handle: FileHandle) {
    this.#store = store;
    this.#name = name;
    this.#scratch = scratch;
    this.#handle = handle;
  }

  /** @param name that of the complete contents */
  static async open(store: Store, name: string): Promise<GrowingPart> {
    const scratch = await store.scratch(name);
    try {
      return new GrowingPart(store, name, scratch, await open(scratch, "wx"));
    } catch (cause) {
      throw fileFailure(cause, scratch, "write");
    }
  }

  async write(piece: string | Uint8Array): Promise<void> {
    this.#pieces.push(piece);
    this.#held += piece.length;
    if (this.#held >= worthAWrite) await this.#flush();
  }

  /**
   * Puts the contents under their name. If another worker put some there first, those stay, and are
   * what is returned: they are complete, and other kernels may have rounded a confidence otherwise.
   */
  async put(): Promise<PutFile> {
    await this.#flush();
    await this.#close();
    if (await this.#store.putFile(this.#name, this.#scratch)) return { sha256: this.#hash.digest("hex"), bytes: this.#bytes };
    return hashOf(this.#store, this.#name);
  }

  /** Removes what was written. Does nothing after `put`. */
  async abort(): Promise<void> {
    await this.#close();
    await rm(this.#scratch, { force: true });
  }

  async #close(): Promise<void> {
    if (this.#open) await this.#handle.close();
    this.#open = false;
  }

  async #flush(): Promise<void> {
    const taken = this.#pieces;
    [this.#pieces, this.#held] = [[], 0];
    for (const piece of joinedTexts(taken)) {
      const bytes = typeof piece === "string" ? Buffer.from(piece) : piece;
      this.#hash.update(bytes);
      this.#bytes += bytes.length;
      try {
        await writeAll(this.#handle, [bytes]);
      } catch (cause) {
        throw fileFailure(cause, this.#store.pathOf(this.#name), "write");
      }
    }
  }
}

/** The hash and size of what is under a name. @throws {FileError} FILE_MISSING */
export async function hashOf(store: Store, name: string): Promise<PutFile> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const piece of store.bytes(name)) {
    hash.update(piece);
    bytes += piece.length;
  }
  return { sha256: hash.digest("hex"), bytes };
}
