import { DataError, documentFromRecord, jsonl, type Location, type Loss, parseJson, readLines, sentencesOf } from "@weft/core";
import { type OpenFile, openDocuments } from "../files/open-documents.ts";
import type { PlacedSentence, ReadDocumentsOptions } from "../files/read-documents.ts";
import { sourceName } from "../files/read-text.ts";
import type { CheckedFile } from "./corpus-check.ts";
import { describeFailure, type FailureReport } from "./failure.ts";

/**
 * Reads a file and keeps every fault instead of stopping at the first one, where the format allows it: lines of JSON stand for
 * themselves, in other formats the first fault ends the file, and in a folder the next file follows.
 *
 * @throws {FileError} when the file itself cannot be read
 */
export async function readWithFaults(path: string, options: ReadDocumentsOptions): Promise<CheckedFile> {
  const sentences: PlacedSentence[] = [];
  const losses: Loss[] = [];
  const faults: FailureReport[] = [];
  const add = (document: Parameters<typeof sentencesOf>[0], at: Location): void => {
    const cut = sentencesOf(document, at);
    losses.push(...cut.losses);
    for (const sentence of cut.sentences) sentences.push({ sentence, at });
  };
  for await (const file of openDocuments(path, options)) {
    try {
      await readFile(file);
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      faults.push(describeFailure(error));
    }
  }
  return { source: sourceName(path), sentences, losses, faults };

  async function readFile({ format, chunks, reading }: OpenFile): Promise<void> {
    const { source } = reading;
    if (format.name === jsonl.name) {
      for await (const { text, number } of readLines(chunks, source)) {
        if (/\S/.test(text)) keepFault(faults, () => readLine(text, { source, line: number }));
      }
      return;
    }
    for await (const event of format.read(chunks, { ...reading, text: options.text })) {
      if (event.kind === "loss") losses.push(event.loss);
      else add(event.document, event.at);
    }
  }

  function readLine(text: string, at: Location): void {
    const read = documentFromRecord(parseJson(text, at), at, options.text);
    losses.push(...read.losses);
    add(read.document, at);
  }
}

function keepFault(faults: FailureReport[], job: () => void): void {
  try {
    job();
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    faults.push(describeFailure(error));
  }
}
