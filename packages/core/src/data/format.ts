import type { Location } from "../errors.ts";
import type { Document, Loss } from "../schema/index.ts";
import type { TextOptions } from "../text/index.ts";
import type { TextChunks } from "./lines.ts";

/** What a reader says: a document, checked, and where it stood; or something that could not be carried over. */
export type ReadEvent =
  | { readonly kind: "document"; readonly document: Document; readonly at: Location }
  | { readonly kind: "loss"; readonly loss: Loss };

/** What a writer says: the next piece of the file, or something that the format cannot hold. */
export type WriteEvent = { readonly kind: "text"; readonly text: string } | { readonly kind: "loss"; readonly loss: Loss };

export type Documents = Iterable<Document> | AsyncIterable<Document>;

export interface ReadOptions {
  /** The name of the file or request, for errors and reports. */
  readonly source?: string | undefined;
  /** How text without tokens becomes tokens and sentences. */
  readonly text?: TextOptions | undefined;
}

/**
 * Turns text into documents and back. A format knows nothing of vocabularies or batches, and training and serving read through
 * the same one. Reading and writing are streams, so that a corpus never has to lie in memory as a whole.
 */
export interface Format {
  /** What the command line and the configuration call it; its key in the table. */
  readonly name: string;
  /** File endings with their dot, in lower case. */
  readonly extensions: readonly string[];
  /** Whether the beginning of a file, at least one whole line or the whole file, looks like this format. */
  recognises(beginning: string): boolean;
  /** @throws {DataError} at the first record that cannot be read */
  read(chunks: TextChunks, options?: ReadOptions): AsyncGenerator<ReadEvent>;
  write(documents: Documents): AsyncGenerator<WriteEvent>;
}

/** Everything that a reader says, gathered. */
export async function collectDocuments(events: AsyncIterable<ReadEvent>): Promise<{ documents: Document[]; losses: Loss[] }> {
  const documents: Document[] = [];
  const losses: Loss[] = [];
  for await (const event of events) {
    if (event.kind === "document") documents.push(event.document);
    else losses.push(event.loss);
  }
  return { documents, losses };
}

/** Everything that a writer says, gathered. */
export async function collectText(events: AsyncIterable<WriteEvent>): Promise<{ text: string; losses: Loss[] }> {
  const parts: string[] = [];
  const losses: Loss[] = [];
  for await (const event of events) {
    if (event.kind === "text") parts.push(event.text);
    else losses.push(event.loss);
  }
  return { text: parts.join(""), losses };
}
