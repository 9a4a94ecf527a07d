import { DataError, documentFromRecord, jsonl, type Location, type Loss, parseJson, readLines, sentencesOf } from "@weft/core";
import { openDocuments, type PlacedSentence, type ReadDocumentsOptions } from "../files/read-documents.ts";
import type { CheckedFile } from "./corpus-check.ts";
import { describeFailure, type FailureReport } from "./failure.ts";

/**
 * Reads a file and keeps every fault instead of stopping at the first one, where the format allows it: lines of JSON stand for
 * themselves, in other formats the first fault ends the file.
 *
 * @throws {FileError} when the file itself cannot be read
 */
export async function readWithFaults(path: string, options: ReadDocumentsOptions): Promise<CheckedFile> {
  const { format, source, chunks } = await openDocuments(path, options);
  const sentences: PlacedSentence[] = [];
  const losses: Loss[] = [];
  const faults: FailureReport[] = [];
  const add = (document: Parameters<typeof sentencesOf>[0], at: Location): void => {
    const cut = sentencesOf(document, at);
    losses.push(...cut.losses);
    for (const sentence of cut.sentences) sentences.push({ sentence, at });
  };
  try {
    if (format.name === jsonl.name) {
      for await (const { text, number } of readLines(chunks, source)) {
        if (/\S/.test(text)) keepFault(faults, () => readLine(text, { source, line: number }));
      }
    } else {
      for await (const event of format.read(chunks, { source })) {
        if (event.kind === "loss") losses.push(event.loss);
        else add(event.document, event.at);
      }
    }
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    faults.push(describeFailure(error));
  }
  return { source, sentences, losses, faults };

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
