import { existsSync, lstatSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Companions, InputFormat } from "@weft-nlp/core/formats";
import { type ReadTextOptions, readText, standardStream } from "./read-text.ts";

export interface BesideOptions extends ReadTextOptions {
  /**
   * Replacements for companion files, by the name that the format gives them, such as `types.json`.
   */
  readonly beside?: Readonly<Record<string, string>> | undefined;
  /**
   * False confines reading to the folder: links count as absent, among its files and their
   * companions.
   */
  readonly followLinks?: boolean | undefined;
}

/**
 * Opens the companion files of others, plain or gzip. A file that a whole folder shares is read
 * only once.
 */
export class FilesBeside {
  readonly #options: BesideOptions;
  #shared: { readonly path: string; readonly text: AsyncIterable<string> | undefined } | undefined;

  constructor(options: BesideOptions) {
    this.#options = options;
  }

  /**
   * The companions that a format's reader finds for this file; for standard input, only those that
   * were named.
   */
  of(path: string, { extensions }: InputFormat): Companions {
    const named = (file: string): AsyncIterable<string> | undefined => {
      const given = this.#options.beside?.[file];
      return given === undefined ? undefined : readText(given, this.#options);
    };
    if (path === standardStream) return { read: named };
    const folder = dirname(path);
    const name = basename(path).replace(/\.gz$/i, "");
    const ending =
      extensions.find((extension) => name.toLowerCase().endsWith(extension)) ?? /(?<=.)\.[^.]*$/.exec(name)?.[0] ?? "";
    const base = join(folder, name.slice(0, name.length - ending.length));
    return {
      read: (file) => named(file) ?? (/^\.[^.]/.test(file) ? this.#open(`${base}${file}`) : this.#openShared(join(folder, file))),
      names: () => namesIn(folder),
    };
  }

  #open(plain: string): AsyncIterable<string> | undefined {
    const isThere = this.#options.followLinks === false ? isPlainFile : existsSync;
    const found = [plain, `${plain}.gz`].find((name) => isThere(name));
    return found === undefined ? undefined : readText(found, this.#options);
  }

  #openShared(path: string): AsyncIterable<string> | undefined {
    if (this.#shared?.path !== path) {
      const text = this.#open(path);
      this.#shared = { path, text: text === undefined ? undefined : remembered(text) };
    }
    return this.#shared.text;
  }
}

function isPlainFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/** A text that can be read repeatedly. */
function remembered(text: AsyncIterable<string>): AsyncIterable<string> {
  let pieces: Promise<readonly string[]> | undefined;
  return {
    async *[Symbol.asyncIterator]() {
      pieces ??= collect(text);
      yield* await pieces;
    },
  };
}

async function collect(text: AsyncIterable<string>): Promise<readonly string[]> {
  const pieces: string[] = [];
  for await (const piece of text) pieces.push(piece);
  return pieces;
}

/** The names of a folder's files as companions refer to them: without the ending of compression. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => name.replace(/\.gz$/i, ""));
  } catch {
    return [];
  }
}
