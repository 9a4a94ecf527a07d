import { type Location, type Omission, type Sentence, sentencesOf } from "@weft-nlp/core";
import type { ReadEvent, ReadOptions } from "@weft-nlp/core/formats";
import { type OpenOptions, openDocuments } from "./open-documents.ts";
import { sourceName } from "./read-text.ts";

export type ReadDocumentsOptions = OpenOptions & Pick<ReadOptions, "text" | "offsetUnit" | "mentions" | "spans">;

/** A sentence and where its document stood. */
export interface PlacedSentence {
  readonly sentence: Sentence;
  readonly at: Location;
}

type SentenceEvent =
  | ({ readonly kind: "sentence" } & PlacedSentence)
  | { readonly kind: "omission"; readonly omission: Omission };

/**
 * The documents of a file in any format that core knows, and what could not be carried over, as a
 * stream in constant memory.
 *
 * @param path a file, plain or gzip, a folder in a format that is one, or `-` for standard input
 * @throws {FileError} when the file cannot be read or no format fits
 * @throws {DataError} with file, line and path at the first record that is wrong
 */
export async function* readDocuments(path: string, options: ReadDocumentsOptions = {}): AsyncGenerator<ReadEvent> {
  const { text, offsetUnit, mentions, spans } = options;
  for await (const { format, chunks, reading } of openDocuments(path, options)) {
    yield* format.read(chunks, { ...reading, text, offsetUnit, mentions, spans });
  }
}

/**
 * The same, cut into sentences; entities and relations that cross a sentence's end are reported as
 * omitted.
 */
export async function* readSentences(path: string, options: ReadDocumentsOptions = {}): AsyncGenerator<SentenceEvent> {
  for await (const event of readDocuments(path, options)) {
    if (event.kind === "omission") {
      yield event;
      continue;
    }
    const { sentences, omissions } = sentencesOf(event.document, event.at);
    for (const omission of omissions) yield { kind: "omission", omission };
    for (const sentence of sentences) yield { kind: "sentence", sentence, at: event.at };
  }
}

export interface Corpus {
  readonly source: string;
  readonly sentences: readonly PlacedSentence[];
  readonly omissions: readonly Omission[];
}

/** All sentences of a file in memory, in order. */
export async function collectSentences(path: string, options: ReadDocumentsOptions = {}): Promise<Corpus> {
  const sentences: PlacedSentence[] = [];
  const omissions: Omission[] = [];
  for await (const event of readSentences(path, options)) {
    if (event.kind === "sentence") sentences.push({ sentence: event.sentence, at: event.at });
    else omissions.push(event.omission);
  }
  return { source: sourceName(path), sentences, omissions };
}
