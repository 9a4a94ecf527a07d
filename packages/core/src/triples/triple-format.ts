import type { Document } from "../schema/index.ts";

/** The model that made the predictions. */
export interface ModelIdentity {
  /** The user's name for it: that of the run or the folder. */
  readonly name: string;
  /** The version of Weft that ran it. A model has no version number; its digest identifies it. */
  readonly version: string;
  /** `sha256:` and the digest of its files. */
  readonly digest: string;
}

/** Options that all triple formats accept; each uses those that apply to it. */
export interface TripleOptions {
  /** Recorded with every statement; absent for human annotation. */
  readonly model?: ModelIdentity | undefined;
  /** The start of every IRI, in formats that have IRIs. Defaults to `urn:weft:`. */
  readonly base?: string | undefined;
  /** How many rows columnar formats build and write together. The default suits large files. */
  readonly groupRows?: number | undefined;
  /**
   * Puts an apostrophe before cells that a spreadsheet would evaluate as a formula. Off by default,
   * since it changes the text.
   */
  readonly escapeFormulas?: boolean | undefined;
  /** Continues a file that has its head already, in appendable formats. Defaults to false. */
  readonly continued?: boolean | undefined;
}

/** Receives the output of a writer, which awaits it. */
export interface TripleSink {
  /** @param file a name in `files` of the format; absent in formats of one file */
  write(piece: string | Uint8Array, file?: string): void | Promise<void>;
}

/** Writes documents one by one in a triple format. */
export interface TripleWriter {
  write(document: Document): Promise<void>;
  /** Writes the end of the output. The sink stays open. */
  end(): Promise<void>;
}

/**
 * An output format for entities and relations. Unlike annotation formats, it cannot be read back
 * (except `jsonl`).
 *
 * Memory use does not grow with the number of documents.
 */
export interface TripleFormat {
  /** The name in the command line and the server, and its key in the table. */
  readonly name: string;
  /** The display name. */
  readonly title: string;
  /**
   * The file name ending with its dot, by which `--out` recognises the format. Empty for a format
   * of several files.
   */
  readonly extension: string;
  readonly mediaType: string;
  /** One clause for lists of formats. */
  readonly describe: string;
  /**
   * `documents` keeps everything; `entities`, every mention and relation; `relations`, only the
   * mentions that have a relation.
   */
  readonly holds: "documents" | "entities" | "relations";
  /** The files of a folder format. */
  readonly files?: readonly string[] | undefined;
  /**
   * Whether what is written for a document depends on it alone, so that a file can be continued and
   * files can be joined. Defaults to false.
   */
  readonly appendable?: boolean | undefined;
  /** Whether pieces are bytes, which must not go to a terminal. */
  readonly binary?: boolean | undefined;
  /** @throws {ConfigError} SETTING_INVALID when an option is invalid */
  open(sink: TripleSink, options?: TripleOptions): TripleWriter;
}

/** Builds a one-file text format from its head, the text for each document, and its tail. */
export function textFormat(
  facts: Omit<TripleFormat, "open">,
  start: (options: TripleOptions) => { head?: string; of: (document: Document) => string; tail?: string },
): TripleFormat {
  return {
    ...facts,
    open(sink, options = {}) {
      const { head = "", of, tail = "" } = start(options);
      let begun = options.continued === true;
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
 * Writes documents in memory and returns the main file as bytes, or the files by name in a format
 * of several.
 *
 * @param pause awaited after each piece, to let the thread do other work
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
