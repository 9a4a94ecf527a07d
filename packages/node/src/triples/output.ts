import { join } from "node:path";
import type { Document } from "@weft-nlp/core";
import type { TripleFormat, TripleOptions, TripleSink } from "@weft-nlp/core/triples";
import { UsageError } from "../errors.ts";
import { type OpenedFile, openFile } from "../files/open-file.ts";
import { openFolder } from "../files/open-folder.ts";
import { standardStream } from "../files/read-text.ts";
import { writeOutput } from "../files/standard-output.ts";

/** A place that documents are written to in some format. */
export interface TripleOutput {
  write(document: Document): Promise<void>;
  /** Writes what stands at the end and puts the file or folder in its place. */
  close(): Promise<void>;
  /** Leaves what was there before; standard output keeps what it has. */
  abort(): Promise<void>;
}

/**
 * Opens a file, compressed where its name ends in `.gz`, a new folder in a format of several files,
 * or standard output. Files and folders are there as a whole or not at all.
 *
 * @throws {UsageError} where the format cannot go to standard output
 * @throws {FileError} when the system refuses, or where the folder holds something
 * @throws {ConfigError} SETTING_INVALID where an option cannot be used
 */
export async function openTriples(path: string, format: TripleFormat, options: TripleOptions = {}): Promise<TripleOutput> {
  if (path === standardStream) {
    refuseStandardOutput(format);
    return connect(format, options, { write: (piece) => writeOutput(piece) }, nothing, nothing);
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
 * Writes documents as they come, in constant memory.
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

/** @throws {UsageError} */
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

async function nothing(): Promise<void> {}
