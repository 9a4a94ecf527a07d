import { inReadingUnits, type Location, type Omission, type Reading, type Sentence, sentencesOf } from "@weft-nlp/core";
import type { ReadEvent, ReadOptions } from "@weft-nlp/core/formats";
import { type OpenOptions, openDocuments } from "./open-documents.ts";
import { sourceName } from "./read-text.ts";

/** How to open and read annotated files. */
export type ReadDocumentsOptions = OpenOptions & Pick<ReadOptions, "text" | "offsetUnit" | "mentions" | "spans">;

/** How to read annotated files in the units that a model reads. */
export interface ReadSentencesOptions extends ReadDocumentsOptions {
  /** Defaults to single sentences. */
  readonly reading?: Reading | undefined;
}

/** A sentence and the location of its document. */
export interface PlacedSentence {
  readonly sentence: Sentence;
  readonly at: Location;
}

type SentenceEvent =
  | ({ readonly kind: "sentence" } & PlacedSentence)
  | { readonly kind: "omission"; readonly omission: Omission };

/**
 * Streams the documents of a file in any format that core knows, and what had to be omitted, in
 * constant memory.
 *
 * @param path a file, plain or gzip, a folder in a format that is one, or `-` for standard input
 * @throws {FileError} if the file cannot be read or no format fits
 * @throws {DataError} with file, line and path at the first invalid record
 */
export async function* readDocuments(path: string, options: ReadDocumentsOptions = {}): AsyncGenerator<ReadEvent> {
  const { text, offsetUnit, mentions, spans } = options;
  for await (const { format, chunks, reading } of openDocuments(path, options)) {
    for await (const event of format.read(chunks, { ...reading, text, offsetUnit, mentions, spans })) {
      // A split token loses nothing; `readWithFaults` collects them for a check.
      if (event.kind === "document" || event.omission.kind !== "split") yield event;
    }
  }
}

/**
 * Like `readDocuments`, split into sentences, or into the units of `reading`. Entities and
 * relations that cross a boundary are reported as omitted.
 */
export async function* readSentences(path: string, options: ReadSentencesOptions = {}): AsyncGenerator<SentenceEvent> {
  for await (const event of readDocuments(path, options)) {
    if (event.kind === "omission") {
      yield event;
      continue;
    }
    const { sentences, omissions } = sentencesOf(inReadingUnits(event.document, options.reading), event.at);
    for (const omission of omissions) yield { kind: "omission", omission };
    for (const sentence of sentences) yield { kind: "sentence", sentence, at: event.at };
  }
}

/** All sentences of a source, and what was omitted in reading them. */
export interface Corpus {
  readonly source: string;
  readonly sentences: readonly PlacedSentence[];
  readonly omissions: readonly Omission[];
}

/** Reads all sentences of a file into memory, in order. */
export async function collectSentences(path: string, options: ReadSentencesOptions = {}): Promise<Corpus> {
  const sentences: PlacedSentence[] = [];
  const omissions: Omission[] = [];
  for await (const event of readSentences(path, options)) {
    if (event.kind === "sentence") sentences.push({ sentence: event.sentence, at: event.at });
    else omissions.push(event.omission);
  }
  return { source: sourceName(path), sentences, omissions };
}
