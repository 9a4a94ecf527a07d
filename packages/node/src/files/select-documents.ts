import type { Document, Omission } from "@weft-nlp/core";
import { type ReadEvent, readLines } from "@weft-nlp/core/formats";
import { FileError } from "../errors.ts";
import { readText, sourceName } from "./read-text.ts";

/** Names of documents, each with its line in the list. */
export interface DocumentList {
  readonly source: string;
  readonly lines: ReadonlyMap<string, number>;
}

/**
 * Reads a list of documents, such as one part of a split. Each line is an id or a path to one of
 * the document's files. Empty lines and lines that begin with # are skipped.
 *
 * @throws {FileError} when the file cannot be read
 */
export async function readDocumentList(path: string): Promise<DocumentList> {
  const source = sourceName(path);
  const lines = new Map<string, number>();
  for await (const { text, number } of readLines(readText(path), source)) {
    const name = text.trim();
    if (name === "" || name.startsWith("#") || lines.has(name)) continue;
    lines.set(name, number);
  }
  return { source, lines };
}

/**
 * Selects the documents in a list, in the order of the input, with what was omitted in reading
 * them.
 *
 * @throws {FileError} DOCUMENT_MISSING at the end if the input did not contain all of them
 */
export async function* selectDocuments(events: AsyncIterable<ReadEvent>, list: DocumentList): AsyncGenerator<ReadEvent> {
  const names = new Set([...list.lines.keys()].flatMap((name) => [name, baseName(name)]));
  const found = new Set<string>();
  let omissions: Omission[] = [];
  for await (const event of events) {
    if (event.kind === "omission") {
      omissions.push(event.omission);
      continue;
    }
    const name = nameIn(names, event.document);
    if (name !== undefined) {
      found.add(name);
      for (const omission of omissions) yield { kind: "omission", omission };
      yield event;
    }
    omissions = [];
  }
  const missing = [...list.lines].filter(([name]) => !found.has(name) && !found.has(baseName(name)));
  const [first] = missing;
  if (first === undefined) return;
  const shown = missing.slice(0, 5).map(([name]) => name);
  const rest = missing.length > shown.length ? ` and ${missing.length - shown.length} more` : "";
  throw new FileError("DOCUMENT_MISSING", {
    at: { source: list.source, line: first[1] },
    message: `${missing.length} of the ${list.lines.size} documents listed are not in the input: ${shown.join(", ")}${rest}`,
    hint: "a document is named by its id, which in a folder is the name of its files without their extension",
  });
}

function nameIn(names: ReadonlySet<string>, { id, metadata }: Document): string | undefined {
  const { doc } = metadata;
  if (names.has(id)) return id;
  return typeof doc === "string" && names.has(doc) ? doc : undefined;
}

/**
 * The name of a file without its folders and the usual endings of corpora; ids may contain dots.
 */
function baseName(name: string): string {
  return name.replace(/^.*[/\\]/, "").replace(/(?:\.split)?\.(?:ann|txt)$|\.apf\.xml$|\.sgm$/i, "");
}
