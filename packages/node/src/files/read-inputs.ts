import type { Document } from "@weft-nlp/core";
import { inputFormats, readLineGroups } from "@weft-nlp/core/formats";
import { documentFromText, type TextOptions } from "@weft-nlp/core/text";
import { isFolder } from "./open-documents.ts";
import { readDocuments } from "./read-documents.ts";
import { type ReadTextOptions, readText, sourceName } from "./read-text.ts";

/**
 * How a file becomes documents: one per line, one per paragraph (lines between empty lines), Weft's
 * own lines, or records in any format that Weft reads, annotated or not.
 */
type InputKind = "text" | "paragraphs" | "jsonl" | "data";

export interface ReadInputOptions extends ReadTextOptions {
  /** Defaults to the one that fits the file's name. */
  readonly input?: InputKind | undefined;
  readonly text?: TextOptions | undefined;
  /** The format of records; defaults to detection. Names make the input `data`. */
  readonly from?: string | undefined;
  /** See `ReadOptions`. */
  readonly textField?: string | undefined;
}

/**
 * Streams the documents to extract from, in constant memory. Plain text gets ids of the form
 * `file:line`.
 */
export async function* readInput(path: string, options: ReadInputOptions = {}): AsyncGenerator<Document> {
  const kind = options.input ?? (options.from !== undefined || (await holdsRecords(path)) ? "data" : "text");
  if (kind === "jsonl" || kind === "data") {
    for await (const event of readDocuments(path, { ...options, format: kind === "jsonl" ? "jsonl" : options.from })) {
      if (event.kind === "document") yield event.document;
    }
    return;
  }
  const source = sourceName(path);
  let lines: string[] = [];
  let first = 0;
  for await (const group of readLineGroups(readText(path, options), source)) {
    for (const { text, number } of group) {
      const blank = text.trim() === "";
      if (lines.length > 0 && (blank || kind === "text")) {
        yield documentFromText(`${source}:${first}`, lines.join("\n"), options.text);
        lines = [];
      }
      if (blank) continue;
      if (lines.length === 0) first = number;
      lines.push(text);
    }
  }
  if (lines.length > 0) yield documentFromText(`${source}:${first}`, lines.join("\n"), options.text);
}

/** Whether a path is a folder, or has an ending of a format other than plain text. */
async function holdsRecords(path: string): Promise<boolean> {
  if (await isFolder(path)) return true;
  const name = path.toLowerCase().replace(/\.gz$/, "");
  const endings = [...inputFormats].flatMap(({ extensions }) => extensions).filter((ending) => ending !== ".txt");
  return endings.some((ending) => name.endsWith(ending));
}
