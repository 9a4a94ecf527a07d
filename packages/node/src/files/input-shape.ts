import { inputFormats } from "@weft-nlp/core/formats";
import { type NewlineRule, softBreaks } from "@weft-nlp/core/text";
import { FileError, UsageError } from "../errors.ts";
import { holdsOwnRecords, isFolder } from "./open-documents.ts";
import type { RecordInput } from "./read-records.ts";
import { readText, standardStream } from "./read-text.ts";
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

/** What is known of an input before it is read. */
export interface InputShapeOptions {
  /** Defaults to `auto`. */
  readonly input?: InputKind | undefined;
  /** The format of its records, if it was named; makes the input `data`. */
  readonly from?: string | undefined;
  /** Where lines are wrapped by rule (`soft`), paragraphs are the documents of a text. */
  readonly newlines?: NewlineRule | undefined;
  /** Whether only a range of it is wanted, which must then be lines. */
  readonly ranged?: boolean | undefined;
}

/**
 * How a file is read: by lines that are records, whole as one document, or as data of a format
 * (detected if it has no name).
 */
export type FileShape =
  | { readonly by: "records"; readonly records: RecordInput }
  | { readonly by: "whole"; readonly as: "text" | "html" | "pdf" }
  | { readonly by: "format"; readonly format: string | undefined };

/**
 * Decides how an input is read. A folder is read file by file, unless it is data.
 *
 * By itself, a text file is one document if its lines are wrapped at a width, and otherwise a
 * document per line. What comes through a pipe can be read only once, so its shape is not looked
 * at.
 */
export async function inputShapeOf(
  path: string,
  options: InputShapeOptions = {},
): Promise<FileShape | { readonly by: "folder" }> {
  if (!(await isFolder(path))) return fileShapeOf(path, options);
  const { input, from } = options;
  return from === undefined && input !== "data" ? { by: "folder" } : { by: "format", format: from };
}

/** `inputShapeOf` for what is no folder. */
export async function fileShapeOf(path: string, options: InputShapeOptions): Promise<FileShape> {
  const { input = "auto", from, newlines, ranged } = options;
  if (from !== undefined && from !== "jsonl") return { by: "format", format: from };
  if (from === undefined && input === "data") return { by: "format", format: undefined };
  if (from === "jsonl" || input === "jsonl") return { by: "records", records: "jsonl" };
  if (input === "line" || input === "text") return { by: "records", records: "text" };
  if (input === "paragraphs") return { by: "records", records: "paragraphs" };
  const kind = input === "auto" ? kindByName(path) : input;
  if (kind === "html" || kind === "pdf") return { by: "whole", as: kind };
  if (kind === "file") return { by: "whole", as: "text" };
  const regular = await isRegularFile(path);
  if (kind === "data") {
    const own = /\.(?:jsonl|ndjson)(?:\.gz)?$/i.test(path) && (!regular || (await holdsOwnRecords(path)));
    return own ? { by: "records", records: "jsonl" } : { by: "format", format: undefined };
  }
  if (kind === undefined && ranged !== true && regular && (await isWrapped(path))) return { by: "whole", as: "text" };
  return { by: "records", records: newlines === "soft" ? "paragraphs" : "text" };
}

/**
 * How the lines of an input are records; undefined for an input that is not read line by line, such
 * as a folder, a page or a wrapped text.
 *
 * @throws {UsageError} for a range of such an input
 */
export async function recordInputFor(path: string, options: InputShapeOptions = {}): Promise<RecordInput | undefined> {
  const shape = await inputShapeOf(path, options);
  if (shape.by === "records") return shape.records;
  if (options.ranged !== true) return undefined;
  throw new UsageError("--range applies to text with a document per line or paragraph, and to JSONL");
}

/** What the ending of a name says; undefined for text of any shape. */
export function kindByName(path: string): "html" | "pdf" | "line" | "data" | undefined {
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

/** Whether the lines at the beginning of a text are wrapped at a width. */
async function isWrapped(path: string): Promise<boolean> {
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
