import type { Document } from "../schema/index.ts";

/** Which model found what is written. */
export interface ModelIdentity {
  /** What its owner calls it: the name of the run or of the folder. */
  readonly name: string;
  /**
   * The version of Weft that ran it. A model has no version of its own; its digest tells it from
   * any other.
   */
  readonly version: string;
  /** `sha256:` and the digest of its files. */
  readonly digest: string;
}

export interface TripleOptions {
  /** Goes with every statement; absent for annotation by people. */
  readonly model?: ModelIdentity | undefined;
  /** What every IRI begins with, in formats that have IRIs; `urn:weft:` where left out. */
  readonly base?: string | undefined;
  /**
   * Rows that are made and written together, in formats by columns; what suits a large file where
   * left out.
   */
  readonly groupRows?: number | undefined;
  /**
   * Puts an apostrophe in front of cells that a spreadsheet would take for a formula. It changes
   * the text, so it is off by itself.
   */
  readonly escapeFormulas?: boolean | undefined;
}

/** Takes what a writer makes, and is waited for. */
export interface TripleSink {
  /** @param file a name in `files` of the format; absent in formats of one file */
  write(piece: string | Uint8Array, file?: string): void | Promise<void>;
}

export interface TripleWriter {
  write(document: Document): Promise<void>;
  /** Writes what stands at the end. The sink stays open. */
  end(): Promise<void>;
}

/**
 * A form in which the next tool takes entities and relations. Unlike an annotation format it is
 * written only, and documents with their tokens cannot be read back from it (`jsonl` apart).
 *
 * Memory does not grow with the number of documents.
 */
export interface TripleFormat {
  /** What the command line and the server call it; its key in the table. */
  readonly name: string;
  /** What people call it. */
  readonly title: string;
  /**
   * The ending of files with its dot; what `--out` knows the format by. Empty in a format of
   * several files.
   */
  readonly extension: string;
  readonly mediaType: string;
  /** One clause for lists of formats. */
  readonly describe: string;
  /**
   * `documents` keeps everything; `entities` every mention and relation; `relations` only the
   * mentions that have a relation.
   */
  readonly holds: "documents" | "entities" | "relations";
  /** The files of a format that is a folder. */
  readonly files?: readonly string[] | undefined;
  /** Whether pieces are bytes, which do not belong on a terminal. */
  readonly binary?: boolean | undefined;
  /** @throws {ConfigError} SETTING_INVALID where an option cannot be used */
  open(sink: TripleSink, options?: TripleOptions): TripleWriter;
}

/**
 * A format of one text file, from what stands at its top, what a document adds, and what stands at
 * its end.
 */
export function textFormat(
  facts: Omit<TripleFormat, "open">,
  start: (options: TripleOptions) => { head?: string; of: (document: Document) => string; tail?: string },
): TripleFormat {
  return {
    ...facts,
    open(sink, options = {}) {
      const { head = "", of, tail = "" } = start(options);
      let begun = false;
      const write = async (text: string): Promise<void> => {
        const piece = begun ? text : head + text;
        begun = true;
        if (piece !== "") await sink.write(piece);
      };
      return { write: async (document) => write(of(document)), end: async () => write(tail) };
    },
  };
}

/**
 * Everything that a format makes of documents, in memory: the main file as bytes, in a format of
 * several files those by name.
 *
 * @param pause waited for after each piece, where the thread has more to do than this
 */
export async function collectTriples(
  format: TripleFormat,
  documents: Iterable<Document> | AsyncIterable<Document>,
  options: TripleOptions = {},
  pause?: () => Promise<void>,
): Promise<{ main: Uint8Array; files: ReadonlyMap<string, Uint8Array> }> {
  const encoder = new TextEncoder();
  const pieces = new Map<string, Uint8Array[]>([
    ["", []],
    ...(format.files ?? []).map((file): [string, Uint8Array[]] => [file, []]),
  ]);
  const writer = format.open(
    {
      write: async (piece, file = "") => {
        pieces.get(file)?.push(typeof piece === "string" ? encoder.encode(piece) : piece.slice());
        await pause?.();
      },
    },
    options,
  );
  for await (const document of documents) await writer.write(document);
  await writer.end();
  const [[, main] = ["", []], ...files] = [...pieces].map(([file, parts]): [string, Uint8Array] => [file, joined(parts)]);
  return { main: main as Uint8Array, files: new Map(files) };
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
