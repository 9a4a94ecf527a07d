import { writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Omission } from "@weft-nlp/core";
import type { Documents, OutputFormat, WriteEvent } from "@weft-nlp/core/formats";
import { FileError } from "../errors.ts";
import { fileFailure } from "./file-failure.ts";
import { openFolder } from "./open-folder.ts";
import { standardStream } from "./read-text.ts";
import { writeOutput } from "./standard-output.ts";
import { writeFileAtomically } from "./write-file.ts";

/** Called with what the format cannot represent, before the next document is read. */
export type OnOmission = (omission: Omission) => void;

/**
 * Writes a stream of documents in constant memory. A file or folder appears only when complete.
 * Companion files are written after the main one.
 *
 * @param path a file, plain or gzip by its name, `-` for standard output, or a folder if the
 *   format is one; for a single document in a format without companions, its file
 * @throws {FileError} when the system refuses, or if the folder is not empty
 */
export async function writeDocuments(
  path: string,
  format: OutputFormat,
  documents: Documents,
  onOmission: OnOmission,
): Promise<void> {
  if (isOneDocument(path, format)) return writeFileAtomically(path, onlyDocument(path, format, documents, onOmission));
  if (format.layout === "folder") return writeFolder(path, format.write(documents), onOmission);
  const beside = new Map<string, string[]>();
  const main = mainText(format.write(documents), beside, onOmission);
  if (path === standardStream) for await (const text of main) await writeOutput(text);
  else await writeFileAtomically(path, main);
  for (const [file, pieces] of beside) await writeFileAtomically(pathBeside(path, file), pieces);
}

/** Passes on the pieces of the main file, and keeps those of its companions, which are small. */
async function* mainText(
  events: AsyncIterable<WriteEvent>,
  beside: Map<string, string[]>,
  onOmission: OnOmission,
): AsyncGenerator<string> {
  for await (const event of events) {
    if (event.kind === "omission") onOmission(event.omission);
    else if (event.file === undefined) yield event.text;
    else keep(beside, event.file, event.text);
  }
}

/** Whether a path names the file of one document, in a format that is a folder of such files. */
function isOneDocument(path: string, { layout, companions, extensions }: OutputFormat): boolean {
  const name = path.toLowerCase().replace(/\.gz$/, "");
  return layout === "folder" && companions === undefined && extensions.some((extension) => name.endsWith(extension));
}

async function* onlyDocument(
  path: string,
  format: OutputFormat,
  documents: Documents,
  onOmission: OnOmission,
): AsyncGenerator<string> {
  let only: string | undefined;
  for await (const event of format.write(documents)) {
    if (event.kind === "omission") onOmission(event.omission);
    else if (event.file !== (only ??= event.file)) {
      const message = `a file in ${format.name} holds one document, and there are several`;
      throw new FileError("FILE_IS_FOLDER", { at: { source: path }, message, hint: "name a folder, without an extension" });
    } else yield event.text;
  }
}

function keep(files: Map<string, string[]>, file: string, text: string): void {
  const pieces = files.get(file);
  if (pieces === undefined) files.set(file, [text]);
  else pieces.push(text);
}

async function writeFolder(path: string, events: AsyncIterable<WriteEvent>, onOmission: OnOmission): Promise<void> {
  const folder = await openFolder(path);
  try {
    for await (const { file, text } of wholeFiles(events, onOmission)) await writeFile(join(folder.temporary, file), text);
  } catch (cause) {
    await folder.abort();
    throw fileFailure(cause, path, "write");
  }
  await folder.close();
}

/** Joins the pieces of each file; they arrive consecutively. */
async function* wholeFiles(
  events: AsyncIterable<WriteEvent>,
  onOmission: OnOmission,
): AsyncGenerator<{ file: string; text: string }> {
  let open: { file: string; pieces: string[] } | undefined;
  for await (const event of events) {
    if (event.kind === "omission") {
      onOmission(event.omission);
      continue;
    }
    if (event.file === undefined) throw new RangeError("a format that is a folder has no main file");
    if (open?.file === event.file) open.pieces.push(event.text);
    else {
      if (open !== undefined) yield { file: open.file, text: open.pieces.join("") };
      open = { file: event.file, pieces: [event.text] };
    }
  }
  if (open !== undefined) yield { file: open.file, text: open.pieces.join("") };
}

function pathBeside(path: string, file: string): string {
  const folder = dirname(path);
  if (!file.startsWith(".")) return join(folder, file);
  return join(
    folder,
    `${basename(path)
      .replace(/\.gz$/i, "")
      .replace(/(.)\.[^.]*$/, "$1")}${file}`,
  );
}
