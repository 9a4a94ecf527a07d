import { join } from "node:path";
import type { Document } from "@weft-nlp/core";
import { readLineGroups, readWhole } from "@weft-nlp/core/formats";
import { documentFromText, softBreaks, type TextOptions } from "@weft-nlp/core/text";
import { FileError } from "../errors.ts";
import { readHtmlFile } from "./html-file.ts";
import { isFolder, listFolder } from "./open-documents.ts";
import { readPdfFile } from "./pdf-file.ts";
import { readDocuments } from "./read-documents.ts";
import { type ReadTextOptions, readText, sourceName, standardStream } from "./read-text.ts";

/**
 * How a file becomes documents. `line`: one per line. `paragraphs`: one per paragraph (lines
 * between empty lines). `file`: the whole text. `html`, `pdf`: the text of a page or of pages.
 * `jsonl`: annotated data. `auto`: what the name says, and for text its shape. `text` is the former
 * name of `line`.
 */
export const inputKinds = ["auto", "line", "paragraphs", "file", "html", "pdf", "jsonl", "text"] as const;

/** One of `inputKinds`. */
export type InputKind = (typeof inputKinds)[number];

export interface ReadInputOptions extends ReadTextOptions {
  /** Defaults to `auto`. */
  readonly input?: InputKind | undefined;
  readonly text?: TextOptions | undefined;
  /** Called for each file of a folder that is none that Weft reads. */
  readonly onSkipped?: ((path: string) => void) | undefined;
}

/**
 * Streams the documents to extract from. A folder is read with its subfolders, in the order of the
 * names, each text in it as one document.
 *
 * By itself, a `.txt` file is one document if its lines are wrapped at a width, and otherwise a
 * document per line, in constant memory. A document has the name of its file as its id, with the
 * number of its line if the file has several.
 *
 * @throws {FileError} if a file cannot be read, or a folder has none to read
 */
export async function* readInput(path: string, options: ReadInputOptions = {}): AsyncGenerator<Document> {
  if (!(await isFolder(path))) {
    yield* readInputFile(path, options.input ?? "auto", options);
    return;
  }
  const files: string[] = [];
  for await (const file of listFolder(path, true)) {
    if (readable.test(file)) files.push(file);
    else options.onSkipped?.(join(path, file));
  }
  if (files.length === 0) {
    throw new FileError("FILE_MISSING", {
      at: { source: path },
      message: "no file in this folder is text to read: .txt, .md, .html, .pdf or .jsonl",
      hint: "name the files, and say what they are with --input",
    });
  }
  for (const file of files.toSorted()) {
    const given = options.input ?? "auto";
    yield* readInputFile(join(path, file), given === "auto" ? (kindByName(file) ?? "file") : given, options);
  }
}

const readable = /\.(?:txt|text|md|markdown|x?html?|pdf|jsonl|ndjson)(?:\.gz)?$/i;

/** What the ending of a name says; undefined for text of any shape. */
function kindByName(path: string): Exclude<InputKind, "auto"> | undefined {
  const name = path.replace(/\.gz$/i, "");
  if (/\.(?:jsonl|ndjson)$/i.test(name)) return "jsonl";
  if (/\.x?html?$/i.test(name)) return "html";
  if (/\.pdf$/i.test(name)) return "pdf";
  return name === standardStream ? "line" : undefined;
}

async function* readInputFile(path: string, input: InputKind, options: ReadInputOptions): AsyncGenerator<Document> {
  const source = sourceName(path);
  const kind = input === "auto" ? kindByName(path) : input;
  if (kind === "jsonl") {
    for await (const event of readDocuments(path, { ...options, format: "jsonl" })) {
      if (event.kind === "document") yield event.document;
    }
  } else if (kind === "html") yield documentFromText(source, await readHtmlFile(path, options), options.text);
  else if (kind === "pdf") yield documentFromText(source, await readPdfFile(path, options), options.text);
  else if (kind === "file") yield documentFromText(source, await readWhole(readText(path, options), source), options.text);
  else if (kind === undefined) yield* readByShape(path, source, options);
  else yield* documentsIn(readText(path, options), source, kind === "paragraphs", options);
}

/** A text is one document if its beginning is wrapped, and otherwise has one in each line. */
async function* readByShape(path: string, source: string, options: ReadInputOptions): AsyncGenerator<Document> {
  const chunks = readText(path, options);
  const first = await chunks.next();
  if (first.done === true) return;
  const whole = replayed(first.value, chunks);
  if (softBreaks(first.value).size > 0) yield documentFromText(source, await readWhole(whole, source), options.text);
  else yield* documentsIn(whole, source, false, options);
}

async function* replayed(first: string, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  try {
    yield first;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}

async function* documentsIn(
  chunks: AsyncIterable<string>,
  source: string,
  paragraphs: boolean,
  { text: how }: ReadInputOptions,
): AsyncGenerator<Document> {
  let lines: string[] = [];
  let first = 0;
  for await (const group of readLineGroups(chunks, source)) {
    for (const { text, number } of group) {
      const blank = text.trim() === "";
      if (lines.length > 0 && (blank || !paragraphs)) {
        yield documentFromText(`${source}:${first}`, lines.join("\n"), how);
        lines = [];
      }
      if (blank) continue;
      if (lines.length === 0) first = number;
      lines.push(text);
    }
  }
  if (lines.length > 0) yield documentFromText(`${source}:${first}`, lines.join("\n"), how);
}
