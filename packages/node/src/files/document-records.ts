import type { Document } from "@weft-nlp/core";
import type { InputRecord } from "./read-records.ts";
import { sourceName } from "./read-text.ts";

/**
 * The records of an input that is not read line by line, such as a folder or a file with one
 * document. They have no places in bytes, so an extract from them cannot be resumed, and the first
 * document that cannot be read ends it, after all documents before it.
 *
 * @param documents those of the input, in order
 */
export async function* recordsOfDocuments(
  path: string,
  documents: Iterable<Document> | AsyncIterable<Document>,
): AsyncGenerator<InputRecord> {
  const at = { source: sourceName(path), line: 1 };
  for await (const document of documents) yield { kind: "document", at, bytes: nothing, document };
}

const nothing = new Uint8Array();
