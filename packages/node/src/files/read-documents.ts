import {
  DataError,
  inReadingUnits,
  type Location,
  type Omission,
  type Reading,
  type Sentence,
  sentencesOf,
} from "@weft-nlp/core";
import { type ReadEvent, type ReadOptions, withoutNegatives } from "@weft-nlp/core/formats";
import type { TrainConfig } from "@weft-nlp/core/training";
import { type OpenOptions, openDocuments } from "./open-documents.ts";
import { sourceName } from "./read-text.ts";

/** How to open and read annotated files. */
export type ReadDocumentsOptions = OpenOptions & Omit<ReadOptions, "source" | "companions">;

/** How to read annotated files in the units that a model reads. */
export interface ReadSentencesOptions extends ReadDocumentsOptions {
  /** Defaults to single sentences. */
  readonly reading?: Reading | undefined;
}

/** How the data of a configuration is read. */
export function readingOf({ data, reading, text }: Pick<TrainConfig, "data" | "reading" | "text">): ReadSentencesOptions {
  return { reading, text, negatives: data.negatives, columns: data.columns };
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
 * @throws {DataError} with file, line and path at the first invalid record, unless `onInvalid`
 * receives it
 */
export async function* readDocuments(path: string, options: ReadDocumentsOptions = {}): AsyncGenerator<ReadEvent> {
  const { negatives, onInvalid } = options;
  for await (const { format, chunks, reading } of openDocuments(path, options)) {
    const all = format.read(chunks, { ...options, ...reading });
    const known = negatives === undefined ? all : withoutNegatives(all, negatives);
    const events = onInvalid === undefined || format.layout !== "folder" ? known : eventsUnlessInvalid(known, onInvalid);
    for await (const event of events) {
      // A split token loses nothing; `readWithFaults` collects them for a check.
      if (event.kind === "document" || event.omission.kind !== "split") yield event;
    }
  }
}

/** The events of a file that holds one document; none if it is invalid. */
async function* eventsUnlessInvalid(
  events: AsyncIterable<ReadEvent>,
  onInvalid: (fault: DataError) => void,
): AsyncGenerator<ReadEvent> {
  const read: ReadEvent[] = [];
  try {
    for await (const event of events) read.push(event);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    onInvalid(error);
    return;
  }
  yield* read;
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
