import type { Location } from "../errors.ts";
import type { Document, Omission } from "../schema/index.ts";
import type { OffsetUnit, TextOptions } from "../text/index.ts";
import type { Capacity } from "./shared/capacity.ts";
import type { TextChunks } from "./shared/lines.ts";

/**
 * What a reader says: a document, checked, and where it stood; or something that could not be
 * carried over.
 */
export type ReadEvent =
  | { readonly kind: "document"; readonly document: Document; readonly at: Location }
  | { readonly kind: "omission"; readonly omission: Omission };

/**
 * What a writer says: the next piece of a file, or something that the format cannot hold.
 *
 * `file` is absent for the file that is being written. Else it names another one: `.txt`, with a
 * dot in front, is the same name with this ending; `rel2id.json` is a file beside it, and in a
 * format that is a folder, a file inside. All pieces of one file but the main one come in one go,
 * and the omissions of a document before the writer takes the next document.
 */
export type WriteEvent =
  | { readonly kind: "text"; readonly text: string; readonly file?: string | undefined }
  | { readonly kind: "omission"; readonly omission: Omission };

export type Documents = Iterable<Document> | AsyncIterable<Document>;

/** The files that stand beside the one being read, opened by whoever may open files. */
export interface Companions {
  /**
   * @param file `.txt` for the same name with this ending, else the whole name of a file in the
   *   same folder, or with `../` in front, in one above it
   * @returns undefined where there is no such file
   */
  read(file: string): AsyncIterable<string> | undefined;
  /**
   * The names of the files in the same folder, for those that have no fixed one; absent where they
   * cannot be known.
   */
  names?: (() => readonly string[]) | undefined;
}

export interface ReadOptions {
  /** The name of the file or request, for errors and reports. */
  readonly source?: string | undefined;
  /** How text without tokens becomes tokens and sentences. */
  readonly text?: TextOptions | undefined;
  readonly companions?: Companions | undefined;
  /**
   * What character offsets count, for files that do not show it; seen from the texts they name
   * where left out.
   */
  readonly offsetUnit?: OffsetUnit | undefined;
  /**
   * Which of several places the words of a relation's end mean, in formats that name words alone:
   * `nearest` (default), the two places with the fewest tokens between them; `first`, each end's
   * first place, as the releases of NYT and WebNLG were labelled.
   */
  readonly mentions?: "nearest" | "first" | undefined;
  /**
   * Which words a mention has where a corpus marks both: its `head` (default), the name or noun
   * itself, or its whole `extent`.
   */
  readonly spans?: "head" | "extent" | undefined;
}

/** What a format says of itself. */
interface FormatTraits {
  /** What the command line and the configuration call it; its key in the table. */
  readonly name: string;
  /** What people call it. */
  readonly title: string;
  /** File endings with their dot, in lower case. */
  readonly extensions: readonly string[];
  readonly holds: Capacity;
  /**
   * `folder` where every document has files of its own, so that what is written has no main file.
   */
  readonly layout?: "file" | "folder" | undefined;
  /** Files beside the main one that reading looks for and writing makes, as in `Companions`. */
  readonly companions?: readonly string[] | undefined;
}

/**
 * Turns documents into text. Writing is a stream, so that a corpus never has to lie in memory as a
 * whole.
 */
export interface OutputFormat extends FormatTraits {
  write(documents: Documents): AsyncGenerator<WriteEvent>;
}

/**
 * Turns text into documents. A format knows nothing of vocabularies or batches, and training and
 * serving read through the same one. A format that is a folder reads one document's main file at a
 * time.
 */
export interface InputFormat extends FormatTraits {
  /**
   * Whether the beginning of a file, at least one whole line or the whole file, looks like this
   * format.
   *
   * @param fileName in lower case; for formats whose content another has too
   */
  recognises(beginning: string, fileName: string): boolean;
  /** @throws {DataError} at the first record that cannot be read */
  read(chunks: TextChunks, options?: ReadOptions): AsyncGenerator<ReadEvent>;
  /**
   * Which of the main files found in a folder are to be read, for a corpus that keeps one document
   * in several stages of its annotation; all of them where left out.
   *
   * @param files paths from the folder
   */
  chooseFiles?(files: readonly string[]): readonly string[];
}

/** Turns text into documents and back. */
export interface Format extends InputFormat, OutputFormat {}

/** Everything that a reader says, gathered. */
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
 * Everything that a writer says, gathered: the text of the main file, the other files by the names
 * the writer gave them.
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
