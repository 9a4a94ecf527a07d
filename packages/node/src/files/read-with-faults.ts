import { DataError, type Document, type Location, type Omission, sentencesOf } from "@weft-nlp/core";
import type { CheckedFile, CheckedSentence, Fault } from "@weft-nlp/core/corpus";
import { withoutNegatives } from "@weft-nlp/core/formats";
import { type OpenFile, openDocuments } from "./open-documents.ts";
import type { ReadDocumentsOptions } from "./read-documents.ts";
import { sourceName } from "./read-text.ts";

/**
 * Reads a file and collects its faults instead of stopping at the first. A fault after which the
 * next record cannot be found ends the file. In a folder, reading continues with the next file.
 *
 * @throws {FileError} when the file itself cannot be read
 */
export async function readWithFaults(path: string, options: ReadDocumentsOptions = {}): Promise<CheckedFile> {
  const sentences: CheckedSentence[] = [];
  const omissions: Omission[] = [];
  const faults: Fault[] = [];
  const onInvalid = (fault: DataError): void => void faults.push(faultOf(fault));
  for await (const file of openDocuments(path, options)) {
    try {
      await readFile(file);
    } catch (error) {
      faults.push(faultOf(error));
    }
  }
  return { source: sourceName(path), sentences, omissions, faults };

  async function readFile({ format, chunks, reading }: OpenFile): Promise<void> {
    const events = format.read(chunks, { ...options, ...reading, onInvalid });
    const { negatives } = options;
    for await (const event of negatives === undefined ? events : withoutNegatives(events, negatives)) {
      if (event.kind === "omission") omissions.push(event.omission);
      else add(event.document, event.at);
    }
  }

  function add(document: Document, at: Location): void {
    const cut = sentencesOf(document, at);
    omissions.push(...cut.omissions);
    for (const sentence of cut.sentences) sentences.push({ sentence, at });
  }
}

/** @throws any error that is not a fault of the data */
function faultOf(error: unknown): Fault {
  if (!(error instanceof DataError)) throw error;
  const { code, at, hint, summary: message } = error;
  return { code, message, at, hint };
}
