import { join } from "node:path";
import type { Document } from "@weft-nlp/core";
import { readWhole } from "@weft-nlp/core/formats";
import { documentFromText, type TextOptions } from "@weft-nlp/core/text";
import { FileError } from "../errors.ts";
import { readHtmlFile } from "./html-file.ts";
import { type FileShape, fileShapeOf, type InputKind, inputShapeOf, kindByName } from "./input-shape.ts";
import { listFolder } from "./open-documents.ts";
import { readPdfFile } from "./pdf-file.ts";
import { readDocuments } from "./read-documents.ts";
import { type RecordInput, readRecords } from "./read-records.ts";
import { nameInIds, type ReadTextOptions, readText, sourceName } from "./read-text.ts";

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
 * `inputShapeOf` says how a file is read; lines in constant memory. A document has the name of its
 * file as its id, with the number of its line if the file has several.
 *
 * @throws {FileError} if a file cannot be read @throws {DataError} for invalid data
 */
export async function* readInput(path: string, options: ReadInputOptions = {}): AsyncGenerator<Document> {
  const { input = "auto", from } = options;
  const shape = await inputShapeOf(path, { input, from });
  if (shape.by !== "folder") {
    yield* readShape(path, shape, options);
    return;
  }
  const files: string[] = [];
  const others: string[] = [];
  for await (const file of listFolder(path, true)) (readable.test(file) ? files : others).push(file);
  if (files.length === 0 && input === "auto") {
    if (others.length === 0) throw nothingToRead(path);
    yield* readShape(path, { by: "format", format: undefined }, options);
    return;
  }
  for (const file of others) options.onSkipped?.(join(path, file));
  for (const file of files.toSorted()) {
    const whole = input === "auto" && kindByName(file) === undefined;
    const place = join(path, file);
    yield* readShape(place, await fileShapeOf(place, { input: whole ? "file" : input }), options);
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

async function* readShape(path: string, shape: FileShape, options: ReadInputOptions): AsyncGenerator<Document> {
  if (shape.by === "records" && shape.records !== "jsonl") yield* readLines(path, shape.records, options);
  else if (shape.by === "whole")
    yield documentFromText(nameInIds(sourceName(path)), await textOf(path, shape.as, options), options.text);
  else {
    const format = shape.by === "format" ? shape.format : shape.records;
    for await (const event of readDocuments(path, { ...options, format })) if (event.kind === "document") yield event.document;
  }
}

async function textOf(path: string, as: "text" | "html" | "pdf", options: ReadInputOptions): Promise<string> {
  if (as === "html") return readHtmlFile(path, options);
  return as === "pdf" ? readPdfFile(path, options) : readWhole(readText(path, options), sourceName(path));
}

/** The records of a text; the first that cannot be read is an error. */
async function* readLines(path: string, input: RecordInput, options: ReadInputOptions): AsyncGenerator<Document> {
  for await (const record of readRecords(path, { ...options, input, blank: "skip" })) {
    if (record.kind === "fault") throw record.error;
    if (record.kind === "document") yield record.document;
  }
}
