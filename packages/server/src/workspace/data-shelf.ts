import { stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { ProblemList } from "@weft-nlp/api";
import type { Document } from "@weft-nlp/core";
import { type InputFormat, inputFormats } from "@weft-nlp/core/formats";
import type { CorpusStatistics } from "@weft-nlp/core/metrics";
import { didYouMean } from "@weft-nlp/core/text";
import { fileFailure } from "@weft-nlp/node/files";
import { RequestError } from "../errors.ts";
import { CorpusIndex } from "./corpus-index.ts";
import { CorpusThreads } from "./corpus-threads.ts";
import { folderCorpora, folderState } from "./folder-corpora.ts";
import { type ListedFolder, listFolder } from "./list-folder.ts";
import type { CorpusCounts } from "./pack-corpus.ts";
import type { ShelvedFile } from "./shelved-file.ts";

const depth = 4;
const maxFiles = 2000;
/** Max bytes of the index of one file, and of all cached indexes. */
const indexBytes = 128 << 20;
const allIndexBytes = 256 << 20;
/** Larger files are counted when a client opens them. */
const countedBytes = 32 << 20;

/**
 * The annotated files of the server's data folders. Names in requests are looked up in the listing
 * and never made into paths.
 */
export class DataShelf {
  readonly #roots: readonly string[];
  readonly #threads = new CorpusThreads();
  /** Most recently used last. */
  readonly #indexes = new Map<string, { readonly stamp: string; readonly index: CorpusIndex }>();
  readonly #counts = new Map<string, { readonly stamp: string; readonly counts: CorpusCounts }>();
  #counting: Promise<void> = Promise.resolve();

  constructor(roots: readonly string[]) {
    this.#roots = roots;
  }

  /**
   * All files in the order of the options; those of a folder by name.
   *
   * @throws {FileError} if a file or folder in the options does not exist
   */
  async files(): Promise<ShelvedFile[]> {
    const found = new Map<string, ShelvedFile>();
    const add = async (name: string, path: string): Promise<void> => {
      const { size, mtime } = await stat(path);
      put({ name, path, bytes: size, modified: mtime });
    };
    // If two folders have the same name, the second one's files get a number.
    const put = (file: ShelvedFile): void => {
      let own = file.name;
      for (let number = 2; found.has(own); number++) own = `${file.name} (${number})`;
      found.set(own, { ...file, name: own });
    };
    for (const root of this.#roots) {
      const place = await stat(root).catch((cause: unknown) => {
        throw fileFailure(cause, root, "read");
      });
      const name = basename(resolve(root));
      if (!place.isDirectory()) {
        await add(name, root);
        continue;
      }
      const folders: ListedFolder[] = [];
      for await (const folder of listFolder(root, depth)) folders.push(folder);
      const corpora = folderCorpora(folders);
      const belonging = new Set([...corpora.values()].flatMap(({ companions }) => companions));
      for (const { path, files } of folders) {
        const corpus = corpora.get(path);
        if (corpus !== undefined && found.size < maxFiles) {
          const within = path === "" ? root : join(root, path);
          put({ name: path === "" ? name : `${name}/${path}`, path: within, ...(await folderState(root, corpus)) });
        }
        for (const file of files.filter(mayBeData)) {
          if (found.size >= maxFiles) return [...found.values()];
          const inside = path === "" ? file : `${path}/${file}`;
          if (belonging.has(inside)) continue;
          await add(`${name}/${inside}`, join(root, inside)).catch(() => undefined);
        }
      }
    }
    return [...found.values()];
  }

  /** @throws {RequestError} DATA_UNKNOWN */
  async find(name: string): Promise<ShelvedFile> {
    const files = await this.files();
    const file = files.find((each) => each.name === name);
    if (file !== undefined) return file;
    const names = files.map((each) => each.name);
    throw new RequestError("DATA_UNKNOWN", {
      message: this.#roots.length === 0 ? "this server has no data folder" : "there is no annotated file with this name",
      hint:
        this.#roots.length === 0
          ? "start it with --data FOLDER"
          : (didYouMean(name.slice(0, 60), names) ?? "GET /v1/data lists the files"),
    });
  }

  /** The sentences of a file; cached while there is room and the file is unchanged. */
  async index(file: ShelvedFile, signal?: AbortSignal): Promise<CorpusIndex> {
    const stamp = stampOf(file);
    const kept = this.#indexes.get(file.path);
    this.#indexes.delete(file.path);
    const read = { path: file.path, maxBytes: indexBytes };
    const index = kept?.stamp === stamp ? kept.index : new CorpusIndex(await this.#threads.run("index", read, [file], signal));
    this.#indexes.delete(file.path);
    this.#indexes.set(file.path, { stamp, index });
    this.#counts.set(file.path, { stamp, counts: index.counts });
    this.#makeRoom();
    return index;
  }

  /**
   * The documents of a file, up to the one that exceeds `maxSentences`.
   *
   * @throws {RequestError} REQUEST_TOO_LARGE @throws {DataError} @throws {FileError}
   */
  async documents(file: ShelvedFile, maxSentences: number, signal: AbortSignal): Promise<Document[]> {
    const documents: Document[] = [];
    for (const piece of await this.#threads.run("documents", { file, maxSentences }, [file], signal)) {
      for (const document of JSON.parse(piece) as Document[]) documents.push(document);
      await nextTurn();
    }
    return documents;
  }

  /**
   * The problems that `weft data check` finds in files, alone or together.
   *
   * @throws {RequestError} REQUEST_TOO_LARGE
   */
  async problems(files: readonly ShelvedFile[], signal: AbortSignal): Promise<ProblemList> {
    return this.#threads.run("problems", files, files, signal);
  }

  async statistics(file: ShelvedFile, signal: AbortSignal): Promise<CorpusStatistics> {
    const { corpus } = await this.index(file, signal);
    return this.#threads.run("statistics", corpus, [file], signal);
  }

  /** Cancels all reading. */
  async close(): Promise<void> {
    await this.#threads.close();
  }

  /** Undefined until the file has been read. */
  countsOf(file: ShelvedFile): CorpusCounts | undefined {
    const known = this.#counts.get(file.path);
    return known?.stamp === stampOf(file) ? known.counts : undefined;
  }

  /** Reads the files that have no counts yet, one by one; concurrent calls share the same work. */
  async count(files: readonly ShelvedFile[]): Promise<void> {
    this.#forget(new Set(files.map(({ path }) => path)));
    const before = this.#counting;
    const work = async (): Promise<void> => {
      await before;
      for (const file of files) {
        if (this.countsOf(file) === undefined && file.bytes <= countedBytes) await this.index(file).catch(() => undefined);
      }
    };
    this.#counting = work();
    await this.#counting;
  }

  /** Drops what is cached for files that no longer exist. */
  #forget(there: ReadonlySet<string>): void {
    for (const kept of [this.#indexes, this.#counts])
      for (const path of [...kept.keys()].filter((path) => !there.has(path))) kept.delete(path);
  }

  #makeRoom(): void {
    let total = [...this.#indexes.values()].reduce((sum, { index }) => sum + index.bytes, 0);
    for (const [path, { index }] of [...this.#indexes].slice(0, -1)) {
      if (total <= allIndexBytes) return;
      this.#indexes.delete(path);
      total -= index.bytes;
    }
  }
}

/** Whether a single-file format uses such names. */
function mayBeData(name: string): boolean {
  const lower = name.toLowerCase().replace(/\.gz$/, "");
  return endings.some((ending) => lower.endsWith(ending));
}

const formats: readonly InputFormat[] = [...inputFormats];
const endings = formats
  .filter(({ layout, commonEnding }) => layout !== "folder" || commonEnding)
  .flatMap(({ extensions }) => extensions);

function stampOf({ documents = 0, bytes, modified }: ShelvedFile): string {
  return `${documents} ${bytes} ${modified.getTime()}`;
}
