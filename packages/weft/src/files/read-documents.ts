import {
  detectFormat,
  type Format,
  formats,
  type Location,
  type Loss,
  type ReadEvent,
  type ReadOptions,
  type Sentence,
  sentencesOf,
} from "@weft/core";
import { FileError } from "../errors.ts";
import { didYouMean } from "./nearest-name.ts";
import { type ReadTextOptions, readText, sourceName, standardStream } from "./read-text.ts";

export interface ReadDocumentsOptions extends ReadTextOptions {
  /** A name in core's table of formats; found by the file's ending and its beginning where absent. */
  readonly format?: string | undefined;
  readonly text?: ReadOptions["text"];
}

/** A sentence and where its document stood. */
export interface PlacedSentence {
  readonly sentence: Sentence;
  readonly at: Location;
}

type SentenceEvent = ({ readonly kind: "sentence" } & PlacedSentence) | { readonly kind: "loss"; readonly loss: Loss };

/**
 * The documents of a file in any format that core knows, and what could not be carried over, as a stream in constant memory.
 *
 * @param path a file, plain or gzip, or `-` for standard input
 * @throws {FileError} when the file cannot be read or no format fits
 * @throws {DataError} with file, line and path at the first record that is wrong
 */
export async function* readDocuments(path: string, options: ReadDocumentsOptions = {}): AsyncGenerator<ReadEvent> {
  const { format, source, chunks } = await openDocuments(path, options);
  yield* format.read(chunks, { source, text: options.text });
}

/** A file whose format is known and of which nothing has been taken yet. */
export interface OpenFile {
  readonly format: Format;
  readonly source: string;
  readonly chunks: AsyncIterable<string>;
}

/** Finds out the format of a file, for callers that read it in a way of their own. */
export async function openDocuments(path: string, options: ReadDocumentsOptions = {}): Promise<OpenFile> {
  const { beginning, chunks } = await peek(readText(path, options));
  const format = options.format === undefined ? findFormat(path, beginning) : formatByName(options.format);
  return { format, source: sourceName(path), chunks };
}

/** The same, cut into sentences; entities and relations that cross a sentence's end are reported as lost. */
export async function* readSentences(path: string, options: ReadDocumentsOptions = {}): AsyncGenerator<SentenceEvent> {
  for await (const event of readDocuments(path, options)) {
    if (event.kind === "loss") {
      yield event;
      continue;
    }
    const { sentences, losses } = sentencesOf(event.document, event.at);
    for (const loss of losses) yield { kind: "loss", loss };
    for (const sentence of sentences) yield { kind: "sentence", sentence, at: event.at };
  }
}

export interface Corpus {
  readonly source: string;
  readonly sentences: readonly PlacedSentence[];
  readonly losses: readonly Loss[];
}

/** All sentences of a file in memory, in order. */
export async function collectSentences(path: string, options: ReadDocumentsOptions = {}): Promise<Corpus> {
  const sentences: PlacedSentence[] = [];
  const losses: Loss[] = [];
  for await (const event of readSentences(path, options)) {
    if (event.kind === "sentence") sentences.push({ sentence: event.sentence, at: event.at });
    else losses.push(event.loss);
  }
  return { source: sourceName(path), sentences, losses };
}

/** Enough to recognise a format by: a whole line that says something, or everything. */
async function peek(text: AsyncGenerator<string>): Promise<{ beginning: string; chunks: AsyncGenerator<string> }> {
  const taken: string[] = [];
  let beginning = "";
  while (!hasWholeLine(beginning)) {
    const next = await text.next();
    if (next.done === true) break;
    taken.push(next.value);
    // One line may be a whole corpus; joining only when a line end has come keeps this linear.
    if (next.value.includes("\n") || taken.length === 1) beginning = taken.join("");
  }
  return { beginning: taken.join(""), chunks: replay(taken, text) };
}

function hasWholeLine(text: string): boolean {
  const start = text.search(/\S/);
  return start >= 0 && text.includes("\n", start);
}

async function* replay(taken: readonly string[], rest: AsyncGenerator<string>): AsyncGenerator<string> {
  try {
    yield* taken;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}

/** Where nothing recognises the beginning, the ending decides, so that a broken first line is named as such. */
function findFormat(path: string, beginning: string): Format {
  const name = path.toLowerCase().replace(/\.gz$/, "");
  const found = detectFormat(name, beginning) ?? byEnding(name) ?? (path === standardStream ? formats.jsonl : undefined);
  if (found !== undefined) return found;
  throw new FileError("FORMAT_UNKNOWN", {
    at: { source: sourceName(path) },
    message: "neither the ending of this file nor its first line belongs to a format that Weft reads",
    hint: `formats: ${describeFormats()}`,
  });
}

function byEnding(name: string): Format | undefined {
  const all: readonly Format[] = Object.values(formats);
  return all.find(({ extensions }) => extensions.some((extension) => name.endsWith(extension)));
}

function formatByName(name: string): Format {
  const all: Readonly<Record<string, Format>> = formats;
  const format = Object.hasOwn(all, name) ? all[name] : undefined;
  if (format !== undefined) return format;
  throw new FileError("FORMAT_UNKNOWN", {
    message: `there is no format ${JSON.stringify(name)}`,
    hint: didYouMean(name, Object.keys(formats)) ?? `formats: ${describeFormats()}`,
  });
}

function describeFormats(): string {
  const all: readonly Format[] = Object.values(formats);
  return all.map(({ name, extensions }) => `${name} (${extensions.join(", ")})`).join(", ");
}
