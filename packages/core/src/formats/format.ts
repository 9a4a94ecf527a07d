import type { DataError, Location } from "../errors.ts";
import type { Document, Omission } from "../schema/index.ts";
import type { OffsetUnit, TextOptions } from "../text/index.ts";
import type { Capacity } from "./shared/capacity.ts";
import type { TextChunks } from "./shared/lines.ts";

/**
 * What a reader yields: a validated document with its location, or something that could not be
 * carried over.
 */
export type ReadEvent =
  | { readonly kind: "document"; readonly document: Document; readonly at: Location }
  | { readonly kind: "omission"; readonly omission: Omission };

/**
 * What a writer yields: the next piece of a file, or something that the format cannot hold.
 *
 * `file` is absent for the main file. `.txt`, with a leading dot, means the same name with this
 * ending. `rel2id.json` is a file next to the main one, or inside the folder for folder formats.
 * All pieces of a file other than the main one are consecutive, and a document's omissions come
 * before the writer takes the next document.
 */
export type WriteEvent =
  | { readonly kind: "text"; readonly text: string; readonly file?: string | undefined }
  | { readonly kind: "omission"; readonly omission: Omission };

/** Documents from memory or from a stream. */
export type Documents = Iterable<Document> | AsyncIterable<Document>;

/**
 * Access to the files next to the one being read. The caller provides it, since readers do not open
 * files.
 */
export interface Companions {
  /**
   * @param file `.txt` for the same name with this ending; otherwise the full name of a file in the
   * same folder, or with `../` in front, in a folder above
   * @returns undefined if there is no such file
   */
  read(file: string): AsyncIterable<string> | undefined;
  /**
   * The names of the files in the same folder, for companions without a fixed name; absent if the
   * caller cannot list them.
   */
  names?: (() => readonly string[]) | undefined;
}

/** Options that all readers accept; each format uses those that apply to it. */
export interface ReadOptions {
  /** The name of the file or request, for errors and reports. */
  readonly source?: string | undefined;
  /** How to tokenise text without tokens and split it into sentences. */
  readonly text?: TextOptions | undefined;
  readonly companions?: Companions | undefined;
  /**
   * The unit of character offsets. Defaults to detection from the words that the file gives, or to
   * the format's usual unit.
   */
  readonly offsetUnit?: OffsetUnit | undefined;
  /**
   * Which place is meant when the words of a relation's end occur several times, in formats that
   * give words alone. `nearest` (default): the two places with the fewest tokens between them.
   * `first`: the first place of each end, as the releases of NYT and WebNLG were labelled.
   */
  readonly mentions?: "nearest" | "first" | undefined;
  /**
   * Which words a mention covers when a corpus marks both: its `head` (default), the name or noun
   * itself, or its whole `extent`.
   */
  readonly spans?: "head" | "extent" | undefined;
  /**
   * Which annotation to read in formats that hold both what people marked and what a system
   * predicted. `gold` (default): what people marked. `predicted`: the predictions alone, wherever a
   * file has them.
   */
  readonly annotation?: "gold" | "predicted" | undefined;
  /** The name of the field that holds the text, in formats where each project chooses one. */
  readonly textField?: string | undefined;
  /** Whose annotation to read, by id, name or address, in formats that keep several people's. */
  readonly annotator?: string | undefined;
  /**
   * Receives each record that cannot be read, and reading goes on with the next one. Faults after
   * which a reader cannot find the next record are thrown all the same, as all are by default.
   */
  readonly onInvalid?: ((fault: DataError) => void) | undefined;
  /**
   * Relation types that mean "no relation". Defaults to those that the format itself defines, such
   * as `no_relation` in TACRED.
   */
  readonly negatives?: readonly string[] | undefined;
  /**
   * Which column of a table holds what, such as `{ sentence: "text", head: "subject" }`. Defaults
   * to the usual names of columns.
   */
  readonly columns?: Readonly<Record<string, string>> | undefined;
}

/** The properties that every format declares. */
interface FormatTraits {
  /** The name in the command line and the configuration, and its key in the table. */
  readonly name: string;
  /** The display name. */
  readonly title: string;
  /** File name endings with their dot, in lower case. */
  readonly extensions: readonly string[];
  readonly holds: Capacity;
  /** `folder` if every document has its own files, so that there is no main file. */
  readonly layout?: "file" | "folder" | undefined;
  /** Files next to the main one that are read and written, named as in `Companions`. */
  readonly companions?: readonly string[] | undefined;
}

/** Turns documents into text. Writing streams, so a corpus need not fit in memory. */
export interface OutputFormat extends FormatTraits {
  write(documents: Documents): AsyncGenerator<WriteEvent>;
}

/**
 * Turns text into documents. Formats are independent of vocabularies and batches, and training and
 * serving use the same readers. A folder format reads the main file of one document at a time.
 */
export interface InputFormat extends FormatTraits {
  /**
   * Whether the start of a file looks like this format.
   *
   * @param beginning at least one whole line, or the whole file
   * @param fileName in lower case; for formats that share their content with another
   */
  recognises(beginning: string, fileName: string): boolean;
  /**
   * For folder formats whose file ending is common: `recognises` decides which files of a folder
   * are documents.
   */
  readonly commonEnding?: true | undefined;
  /** @throws {DataError} at the first record that cannot be read */
  read(chunks: TextChunks, options?: ReadOptions): AsyncGenerator<ReadEvent>;
  /**
   * Chooses which of the main files in a folder to read, for corpora that keep several annotation
   * stages of a document. Defaults to all.
   *
   * @param files paths relative to the folder
   */
  chooseFiles?(files: readonly string[]): readonly string[];
}

/** Turns text into documents and back. */
export interface Format extends InputFormat, OutputFormat {}

/** Collects everything that a reader yields. */
export async function collectDocuments(
  events: AsyncIterable<ReadEvent>,
): Promise<{ documents: Document[]; omissions: Omission[] }> {
  const documents: Document[] = [];
  const omissions: Omission[] = [];
  for await (const event of events) {
    if (event.kind === "document") documents.push(event.document);
    else omissions.push(event.omission);
  }
  return { documents, omissions };
}

/**
 * Collects everything that a writer yields: the text of the main file, and the other files by the
 * names that the writer gave them.
 */
export async function collectText(
  events: AsyncIterable<WriteEvent>,
): Promise<{ text: string; files: ReadonlyMap<string, string>; omissions: Omission[] }> {
  const parts = new Map<string, string[]>([["", []]]);
  const omissions: Omission[] = [];
  for await (const event of events) {
    if (event.kind === "omission") {
      omissions.push(event.omission);
      continue;
    }
    const file = event.file ?? "";
    const pieces = parts.get(file);
    if (pieces === undefined) parts.set(file, [event.text]);
    else pieces.push(event.text);
  }
  const [[, main] = ["", []], ...others] = parts;
  return { text: main.join(""), files: new Map(others.map(([file, pieces]) => [file, pieces.join("")])), omissions };
}
