import { join } from "node:path";
import type { Document } from "@weft-nlp/core";
import { inputFormats, readWhole } from "@weft-nlp/core/formats";
import { documentFromText, softBreaks, type TextOptions } from "@weft-nlp/core/text";
import { FileError } from "../errors.ts";
import { readHtmlFile } from "./html-file.ts";
import { isFolder, listFolder } from "./open-documents.ts";
import { readPdfFile } from "./pdf-file.ts";
import { readDocuments } from "./read-documents.ts";
import { type RecordInput, readRecords } from "./read-records.ts";
import { type ReadTextOptions, readText, sourceName, standardStream } from "./read-text.ts";
import { isRegularFile } from "./regular-file.ts";

/**
 * How a file becomes documents. `line`: one per line. `paragraphs`: one per paragraph (lines
 * between empty lines). `file`: the whole text. `html`, `pdf`: the text of a page or of pages.
 * `data`: the records of any format that Weft reads, annotated or not. `jsonl`: Weft's own records.
 * `auto`: what the name says, and for text its shape. `text` is the former name of `line`.
 */
export const inputKinds = ["auto", "line", "paragraphs", "file", "html", "pdf", "jsonl", "data", "text"] as const;

/** One of `inputKinds`. */
export type InputKind = (typeof inputKinds)[number];

export interface ReadInputOptions extends ReadTextOptions {
  /** Defaults to `auto`. */
  readonly input?: InputKind | undefined;
  readonly text?: TextOptions | undefined;
  /** The format of records; defaults to detection. Names make the input `data`. */
  readonly from?: string | undefined;
  /** See `ReadOptions`. */
  readonly textField?: string | undefined;
  /** Called for each file of a folder that is none that Weft reads. */
  readonly onSkipped?: ((path: string) => void) | undefined;
}

/**
 * Streams the documents to extract from. A folder is read with its subfolders, in the order of the
 * names, each text in it as one document; a folder without texts is read as data.
 *
 * By itself, a `.txt` file is one document if its lines are wrapped at a width, and otherwise a
 * document per line, in constant memory. What comes through a pipe is read by lines. A document has
 * the name of its file as its id, with the number of its line if the file has several.
 *
 * @throws {FileError} if a file cannot be read @throws {DataError} for invalid data
 */
export async function* readInput(path: string, options: ReadInputOptions = {}): AsyncGenerator<Document> {
  const given = options.from === undefined ? (options.input ?? "auto") : "data";
  if (given === "data" || !(await isFolder(path))) {
    yield* readInputFile(path, given, options);
    return;
  }
  const files: string[] = [];
  const others: string[] = [];
  for await (const file of listFolder(path, true)) (readable.test(file) ? files : others).push(file);
  if (files.length === 0 && given === "auto") {
    if (others.length === 0) throw nothingToRead(path);
    yield* readInputFile(path, "data", options);
    return;
  }
  for (const file of others) options.onSkipped?.(join(path, file));
  for (const file of files.toSorted()) {
    yield* readInputFile(join(path, file), given === "auto" ? (kindByName(file) ?? "file") : given, options);
  }
}

const readable = /\.(?:txt|text|md|markdown|x?html?|pdf|jsonl|ndjson)(?:\.gz)?$/i;

function nothingToRead(path: string): FileError {
  return new FileError("FILE_MISSING", {
    at: { source: path },
    message: "no file in this folder is text to read or data",
    hint: "name a folder with .txt, .md, .html, .pdf or annotated files",
  });
}

/** What the ending of a name says; undefined for text of any shape. */
export function kindByName(path: string): Exclude<InputKind, "auto"> | undefined {
  const name = path.replace(/\.gz$/i, "");
  if (/\.x?html?$/i.test(name)) return "html";
  if (/\.pdf$/i.test(name)) return "pdf";
  if (name === standardStream) return "line";
  return endings().some((ending) => name.toLowerCase().endsWith(ending)) ? "data" : undefined;
}

/** The endings of the formats that Weft reads, except that of plain text. */
function endings(): string[] {
  return [...inputFormats].flatMap(({ extensions }) => extensions).filter((ending) => ending !== ".txt");
}

async function* readInputFile(path: string, input: InputKind, options: ReadInputOptions): AsyncGenerator<Document> {
  const source = sourceName(path);
  const kind = input === "auto" ? kindByName(path) : input;
  if (kind === "jsonl" || kind === "data") {
    for await (const event of readDocuments(path, { ...options, format: kind === "jsonl" ? "jsonl" : options.from })) {
      if (event.kind === "document") yield event.document;
    }
  } else if (kind === "html") yield documentFromText(source, await readHtmlFile(path, options), options.text);
  else if (kind === "pdf") yield documentFromText(source, await readPdfFile(path, options), options.text);
  else if (kind === "file") yield documentFromText(source, await readWhole(readText(path, options), source), options.text);
  else if (kind === undefined && (await isRegularFile(path)) && (await isWrapped(path))) {
    yield documentFromText(source, await readWhole(readText(path, options), source), options.text);
  } else yield* readLines(path, kind === "paragraphs" ? kind : "text", options);
}

/** Whether the lines at the beginning of a text are wrapped at a width. */
export async function isWrapped(path: string): Promise<boolean> {
  try {
    const chunks = readText(path);
    const first = await chunks.next();
    await chunks.return(undefined);
    return first.done !== true && softBreaks(first.value).size > 0;
  } catch (error) {
    if (error instanceof FileError) return false;
    throw error;
  }
}

/** The records of a text; the first that cannot be read is an error. */
async function* readLines(path: string, input: RecordInput, options: ReadInputOptions): AsyncGenerator<Document> {
  for await (const record of readRecords(path, { ...options, input, blank: "skip" })) {
    if (record.kind === "fault") throw record.error;
    if (record.kind === "document") yield record.document;
  }
}
