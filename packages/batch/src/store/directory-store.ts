import { createReadStream } from "node:fs";
import { mkdir, open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  exists,
  fileFailure,
  linkFile,
  makeFolder,
  renameFile,
  sweepFolder,
  systemCodeOf,
  temporaryName,
  writeFileAtomically,
} from "@weft-nlp/node/files";
import type { Store } from "./store.ts";

/** The folder of a batch for what is not complete yet. */
const workFolder = "work";

/** A store in a folder, which several machines may share. */
export class DirectoryStore implements Store {
  readonly place: string;
  readonly #made = new Set<string>();

  constructor(folder: string) {
    this.place = folder;
  }

  pathOf(name: string): string {
    return join(this.place, name);
  }

  async scratch(name: string): Promise<string> {
    const folder = this.pathOf(workFolder);
    if (!this.#made.has(folder)) {
      await this.#make(folder);
      // What killed processes left.
      await sweepFolder(folder);
    }
    return temporaryName(join(folder, name.replaceAll("/", "-")));
  }

  async putFile(name: string, scratch: string): Promise<boolean> {
    const path = this.pathOf(name);
    try {
      await this.#make(dirname(path));
      const handle = await open(scratch, "r");
      try {
        await handle.datasync();
      } finally {
        await handle.close();
      }
      return await linkFile(scratch, path);
    } catch (cause) {
      throw fileFailure(cause, path, "write");
    } finally {
      await rm(scratch, { force: true });
    }
  }

  async put(name: string, text: string): Promise<boolean> {
    return this.putFile(name, await this.#written(name, text));
  }

  async note(name: string, text: string): Promise<void> {
    const scratch = await this.#written(name, text);
    try {
      await this.#make(dirname(this.pathOf(name)));
      await renameFile(scratch, this.pathOf(name));
    } catch (cause) {
      await rm(scratch, { force: true });
      throw fileFailure(cause, this.pathOf(name), "write");
    }
  }

  async replace(name: string, text: string): Promise<void> {
    await this.#make(dirname(this.pathOf(name)));
    await writeFileAtomically(this.pathOf(name), text);
  }

  async read(name: string): Promise<string | undefined> {
    try {
      return await readFile(this.pathOf(name), "utf8");
    } catch (cause) {
      if (systemCodeOf(cause) === "ENOENT") return undefined;
      throw fileFailure(cause, this.pathOf(name), "read");
    }
  }

  async has(name: string): Promise<boolean> {
    return exists(this.pathOf(name));
  }

  async *bytes(name: string): AsyncGenerator<Uint8Array> {
    try {
      yield* createReadStream(this.pathOf(name), { highWaterMark: 1 << 18 }) as AsyncIterable<Uint8Array>;
    } catch (cause) {
      throw fileFailure(cause, this.pathOf(name), "read");
    }
  }

  async list(folder: string): Promise<string[]> {
    try {
      const entries = await readdir(this.pathOf(folder), { withFileTypes: true });
      const names: string[] = [];
      for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
        const name = `${folder}/${entry.name}`;
        if (entry.isDirectory()) for (const each of await this.list(name)) names.push(each);
        else names.push(name);
      }
      return names;
    } catch (cause) {
      if (systemCodeOf(cause) === "ENOENT") return [];
      throw fileFailure(cause, this.pathOf(folder), "read");
    }
  }

  async remove(name: string): Promise<void> {
    try {
      await rm(this.pathOf(name), { force: true });
    } catch (cause) {
      throw fileFailure(cause, this.pathOf(name), "write");
    }
  }

  /** Writes a text into a scratch file. @returns its path */
  async #written(name: string, text: string): Promise<string> {
    const scratch = await this.scratch(name);
    try {
      await writeFile(scratch, text, { flag: "wx" });
      return scratch;
    } catch (cause) {
      await rm(scratch, { force: true });
      throw fileFailure(cause, this.pathOf(name), "write");
    }
  }

  async #make(folder: string): Promise<void> {
    if (this.#made.has(folder)) return;
    await makeFolder(this.place);
    await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
      throw fileFailure(cause, folder, "write");
    });
    this.#made.add(folder);
  }
}
