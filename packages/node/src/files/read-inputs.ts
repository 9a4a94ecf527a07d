import type { Document } from "@weft-nlp/core";
import { readLineGroups } from "@weft-nlp/core/formats";
import { documentFromText, type TextOptions } from "@weft-nlp/core/text";
import { readDocuments } from "./read-documents.ts";
import { type ReadTextOptions, readText, sourceName } from "./read-text.ts";

/**
 * How a file becomes documents: one per line, one per paragraph (lines between empty lines), or
 * annotated data.
 */
type InputKind = "text" | "paragraphs" | "jsonl";

export interface ReadInputOptions extends ReadTextOptions {
  /** Defaults to the one that fits the file's name. */
  readonly input?: InputKind | undefined;
  readonly text?: TextOptions | undefined;
}

/**
 * Streams the documents to extract from, in constant memory. Plain text gets ids of the form
 * `file:line`.
 */
export async function* readInput(path: string, options: ReadInputOptions = {}): AsyncGenerator<Document> {
  const kind = options.input ?? (/\.jsonl(\.gz)?$/i.test(path) ? "jsonl" : "text");
  if (kind === "jsonl") {
    for await (const event of readDocuments(path, { ...options, format: "jsonl" })) {
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
