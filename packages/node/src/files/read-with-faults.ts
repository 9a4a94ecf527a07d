import { DataError, type Document, type Location, type Omission, sentencesOf } from "@weft-nlp/core";
import type { CheckedFile, CheckedSentence, Fault } from "@weft-nlp/core/corpus";
import { documentFromRecord, jsonl, readLines, withoutNegatives, withoutRelations } from "@weft-nlp/core/formats";
import { parseJson } from "@weft-nlp/core/json";
import { type OpenFile, openDocuments } from "./open-documents.ts";
import type { ReadDocumentsOptions } from "./read-documents.ts";
import { sourceName } from "./read-text.ts";

/**
 * Reads a file and collects its faults instead of stopping at the first, if the format allows it.
 * Lines of JSON are independent; in other formats the first fault ends the file. In a folder,
 * reading continues with the next file.
 *
 * @throws {FileError} when the file itself cannot be read
 */
export async function readWithFaults(path: string, options: ReadDocumentsOptions = {}): Promise<CheckedFile> {
  const sentences: CheckedSentence[] = [];
  const omissions: Omission[] = [];
  const faults: Fault[] = [];
  const { text, offsetUnit, mentions, spans, negatives, columns } = options;
  const none = new Set(negatives);
  for await (const file of openDocuments(path, options)) {
    try {
      await readFile(file);
    } catch (error) {
      faults.push(faultOf(error));
    }
  }
  return { source: sourceName(path), sentences, omissions, faults };

  async function readFile({ format, chunks, reading }: OpenFile): Promise<void> {
    const { source } = reading;
    if (format.name === jsonl.name) {
      for await (const line of readLines(chunks, source)) {
        if (/\S/.test(line.text)) readRecord(line.text, { source, line: line.number });
      }
      return;
    }
    const events = format.read(chunks, { ...reading, text, offsetUnit, mentions, spans, negatives, columns });
    for await (const event of negatives === undefined ? events : withoutNegatives(events, negatives)) {
      if (event.kind === "omission") omissions.push(event.omission);
      else add(event.document, event.at);
    }
  }

  function readRecord(record: string, at: Location): void {
    try {
      const read = documentFromRecord(parseJson(record, at), at, text);
      omissions.push(...read.omissions);
      add(withoutRelations(read.document, none), at);
    } catch (error) {
      faults.push(faultOf(error));
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
