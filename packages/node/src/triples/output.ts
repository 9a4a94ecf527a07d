import { join } from "node:path";
import type { Document } from "@weft-nlp/core";
import type { TripleFormat, TripleOptions, TripleSink } from "@weft-nlp/core/triples";
import { UsageError } from "../errors.ts";
import { joinedTexts, type OpenedFile, openFile, worthAWrite } from "../files/open-file.ts";
import { openFolder } from "../files/open-folder.ts";
import { standardStream } from "../files/read-text.ts";
import { writeOutput } from "../files/standard-output.ts";

/** A destination for documents in a format. */
export interface TripleOutput {
  write(document: Document): Promise<void>;
  /** Writes the ending and moves the file or folder to its path. */
  close(): Promise<void>;
  /** Keeps the old file or folder; standard output keeps what was written. */
  abort(): Promise<void>;
}

/**
 * Opens a file (compressed if its name ends in `.gz`), a new folder for a format of several files,
 * or standard output. Files and folders appear only when complete.
 *
 * @throws {UsageError} if the format cannot go to standard output
 * @throws {FileError} when the system refuses, or if the folder is not empty
 * @throws {ConfigError} SETTING_INVALID if an option does not apply
 */
export async function openTriples(path: string, format: TripleFormat, options: TripleOptions = {}): Promise<TripleOutput> {
  if (path === standardStream) {
    refuseStandardOutput(format);
    const output = new CollectedOutput();
    return connect(
      format,
      options,
      output,
      async () => output.flush(),
      // What was written before a failure stays, if anyone still reads it.
      async () => output.flush().catch(() => undefined),
    );
  }
  if (format.files === undefined) {
    const file = openFile(path);
    return connect(
      format,
      options,
      file,
      async () => file.close(),
      async () => file.abort(),
    );
  }
  const folder = await openFolder(path);
  const files = new Map(format.files.map((name): [string, OpenedFile] => [name, openFile(join(folder.temporary, name))]));
  const each = async (job: (file: OpenedFile) => Promise<void>): Promise<void> => {
    for (const file of files.values()) await job(file);
  };
  const sink: TripleSink = { write: (piece, name = "") => files.get(name)?.write(piece) };
  return connect(
    format,
    options,
    sink,
    async () => {
      await each(async (file) => file.close());
      await folder.close();
    },
    async () => {
      await each(async (file) => file.abort());
      await folder.abort();
    },
  );
}

/**
 * Writes a stream of documents in constant memory.
 *
 * @param path as in `openTriples`
 */
export async function writeTriples(
  path: string,
  format: TripleFormat,
  documents: Iterable<Document> | AsyncIterable<Document>,
  options: TripleOptions = {},
): Promise<void> {
  const output = await openTriples(path, format, options);
  try {
    for await (const document of documents) await output.write(document);
    await output.close();
  } catch (cause) {
    await output.abort();
    throw cause;
  }
}

/** Checks that a format can go to standard output. @throws {UsageError} if it cannot */
export function refuseStandardOutput({ name, files, binary = false }: TripleFormat): void {
  if (files === undefined && !(binary && process.stdout.isTTY)) return;
  const problem =
    files === undefined ? "is not text and cannot go to a terminal" : "is more than one file and cannot go to standard output";
  throw new UsageError(`${name} ${problem}`, `name a ${files === undefined ? "file" : "new folder"}`);
}

async function connect(
  format: TripleFormat,
  options: TripleOptions,
  sink: TripleSink,
  close: () => Promise<void>,
  abort: () => Promise<void>,
): Promise<TripleOutput> {
  try {
    const writer = format.open(sink, options);
    return {
      write: (document) => writer.write(document),
      async close() {
        await writer.end();
        await close();
      },
      abort,
    };
  } catch (cause) {
    await abort();
    throw cause;
  }
}

/**
 * Standard output with fewer system calls. Pieces wait until there are many, or until this thread
 * has nothing else to do, so that the results for a slow input come at once.
 */
class CollectedOutput implements TripleSink {
  #pieces: (string | Uint8Array)[] = [];
  #held = 0;
  #scheduled = false;
  #written = Promise.resolve();

  async write(piece: string | Uint8Array): Promise<void> {
    this.#pieces.push(piece);
    this.#held += piece.length;
    if (this.#held >= worthAWrite) await this.flush();
    else if (!this.#scheduled) {
      this.#scheduled = true;
      setImmediate(() => {
        this.#scheduled = false;
        // The next call reports a failure.
        this.flush().catch(() => undefined);
      });
    }
  }

  /** Resolves when everything so far has been accepted. */
  flush(): Promise<void> {
    this.#written = this.#writeAfter(this.#written);
    return this.#written;
  }

  async #writeAfter(earlier: Promise<void>): Promise<void> {
    await earlier;
    const taken = this.#pieces;
    [this.#pieces, this.#held] = [[], 0];
    for (const piece of joinedTexts(taken)) await writeOutput(piece);
  }
}
