import { opendir, stat } from "node:fs/promises";
import { join, posix } from "node:path";
import {
  detectFormats,
  formats,
  type InputFormat,
  inputFormats,
  misspeltFields,
  outputFormats,
  type ReadOptions,
} from "@weft-nlp/core/formats";
import { didYouMean } from "@weft-nlp/core/text";
import { FileError } from "../errors.ts";
import { fileFailure, systemCodeOf } from "./file-failure.ts";
import { type BesideOptions, FilesBeside } from "./files-beside.ts";
import { readText, sourceName, standardStream } from "./read-text.ts";

export interface OpenOptions extends BesideOptions {
  /**
   * A name in core's table of formats. Defaults to the format that fits the file's ending and
   * beginning.
   */
  readonly format?: string | undefined;
}

/** A file whose format is known, before any of it has been read. */
export interface OpenFile {
  readonly format: InputFormat;
  readonly chunks: AsyncIterable<string>;
  /** What the format's reader needs to know about the file. */
  readonly reading: Pick<ReadOptions, "source" | "companions">;
}

/**
 * The files to read for a path: the file itself, or each document of a folder in the order of their
 * names. Files are opened one at a time, so a folder may be of any size.
 *
 * @throws {FileError} when the file cannot be read, no format fits, or several do
 */
export async function* openDocuments(path: string, options: OpenOptions = {}): AsyncGenerator<OpenFile> {
  if (!(await isFolder(path))) {
    const { beginning, chunks, close } = await peek(readText(path, options));
    try {
      const format = options.format === undefined ? findFormat(path, beginning) : formatByName(options.format);
      if (format.layout === "folder" && format.companions !== undefined && path === standardStream) throw pipedFolder(format);
      yield { format, chunks, reading: { source: sourceName(path), companions: new FilesBeside(options).of(path, format) } };
    } finally {
      await close();
    }
    return;
  }
  const { format, files } = await filesIn(path, options);
  const beside = new FilesBeside(options);
  for (const file of files) {
    const whole = join(path, file);
    yield {
      format,
      chunks: readText(whole, options),
      reading: { source: whole, companions: beside.of(whole, format) },
    };
  }
}

/** The input format with this name. */
function formatByName(name: string): InputFormat {
  const format = inputFormats.find(name);
  if (format !== undefined) return format;
  throw new FileError("FORMAT_UNKNOWN", {
    message: outputFormats.has(name) ? `${name} can be written, not read` : `there is no format ${JSON.stringify(name)}`,
    hint: didYouMean(name, inputFormats.names) ?? `formats: ${describeFormats()}`,
  });
}

/**
 * If no format recognises the beginning, the ending decides, so that a broken first line is
 * reported as such.
 */
function findFormat(path: string, beginning: string): InputFormat {
  const name = path.toLowerCase().replace(/\.gz$/, "");
  const empty = !/\S/.test(beginning.replace(/^\uFEFF/, ""));
  const found = detectFormats(name, beginning);
  if (found[0] !== undefined && (found.length === 1 || empty)) return found[0];
  const at = { source: sourceName(path) };
  if (found.length > 1) {
    const names = found.map((format) => format.name).join(" or ");
    throw new FileError("FORMAT_UNKNOWN", { at, message: `the content may be ${names}`, hint: "specify the format" });
  }
  const byEnding = detectFormats(name);
  const fallback =
    byEnding.find((format) => format === formats.jsonl || (format.layout === "folder" && !format.commonEnding)) ??
    (path === standardStream ? formats.jsonl : undefined);
  if (fallback !== undefined) return fallback;
  throw new FileError("FORMAT_UNKNOWN", {
    at,
    message:
      byEnding.length > 0
        ? `the beginning fits none of the formats with this ending (${byEnding.map((format) => format.name).join(", ")})`
        : "neither the ending nor the beginning of this file fits a format that Weft reads",
    hint: misspeltFields(beginning) ?? `formats: ${describeFormats()}`,
  });
}

function folderFormats(): InputFormat[] {
  const all: readonly InputFormat[] = [...inputFormats];
  return all.filter((format) => format.layout === "folder");
}

function pipedFolder(format: InputFormat): FileError {
  return new FileError("FORMAT_UNKNOWN", {
    at: { source: sourceName(standardStream) },
    message: `${format.title} is a folder of files and cannot be read from a pipe`,
    hint: "name the folder",
  });
}

function describeFormats(): string {
  const all: readonly InputFormat[] = [...inputFormats];
  return all.map(({ name, extensions }) => `${name} (${extensions.join(", ")})`).join(", ");
}

interface FolderFiles {
  readonly format: InputFormat;
  /** Paths relative to the folder, sorted. */
  readonly files: readonly string[];
}

/**
 * The main files of a folder and its subfolders. As in brat, a text without an annotation file is
 * not a document.
 *
 * If no format is named, the endings of the files decide; the longer of two that fit wins.
 */
async function filesIn(path: string, { format: name, followLinks = true }: OpenOptions): Promise<FolderFiles> {
  const named = name === undefined ? undefined : formatByName(name);
  if (named !== undefined && named.layout !== "folder") {
    throw new FileError("FILE_IS_FOLDER", {
      at: { source: path },
      message: `expected a file, found a folder; a document in ${named.name} is a single file`,
      hint: "name the file",
    });
  }
  const candidates = named === undefined ? folderFormats() : [named];
  const endings = candidates
    .flatMap((format) => format.extensions.map((ending) => ({ format, ending })))
    .toSorted((a, b) => b.ending.length - a.ending.length);
  const found = new Map<InputFormat, string[]>();
  for await (const file of listFolder(path, followLinks)) {
    const format = endings.find(({ ending }) => file.endsWith(ending))?.format;
    if (format === undefined) continue;
    if (name === undefined && format.commonEnding && !(await isRecognised(format, join(path, file)))) continue;
    const files = found.get(format);
    if (files === undefined) found.set(format, [file]);
    else files.push(file);
  }
  const [only, other] = [...found];
  if (only === undefined) throw nothingIn(path, candidates);
  if (other !== undefined) {
    const names = Array.from(found.keys(), (format) => format.name).toSorted();
    throw new FileError("FORMAT_UNKNOWN", {
      at: { source: path },
      message: `the folder has files in the formats ${names.join(" and ")}`,
      hint: "specify the format",
    });
  }
  const [format, files] = only;
  return { format, files: (format.chooseFiles?.(files) ?? files).toSorted() };
}

/** Whether a JSONL file has Weft's own records, or none that another format would recognise. */
export async function holdsOwnRecords(path: string): Promise<boolean> {
  try {
    const beginning = await beginningOf(path);
    const found = detectFormats(path.toLowerCase().replace(/\.gz$/, ""), beginning);
    return found.length === 0 || found.includes(formats.jsonl);
  } catch (error) {
    if (error instanceof FileError) return true;
    throw error;
  }
}

/** Whether a file would be a document of the folder that it lies in. */
export async function isFolderDocument(path: string): Promise<boolean> {
  for (const format of folderFormats()) {
    if (!format.extensions.some((ending) => path.endsWith(ending))) continue;
    if (!format.commonEnding || (await isRecognised(format, path))) return true;
  }
  return false;
}

/** Whether a file begins like a document of the format. */
async function isRecognised(format: InputFormat, path: string): Promise<boolean> {
  return format.recognises(await beginningOf(path), path.toLowerCase());
}

function nothingIn(path: string, candidates: readonly InputFormat[]): FileError {
  const wanted = candidates.map(({ title, extensions }) => `${extensions.join(" or ")} (${title})`);
  return new FileError("FILE_IS_FOLDER", {
    at: { source: path },
    message: `expected a file or a folder of annotation; no file in this folder ends in ${wanted.join(", ")}`,
    hint: "name a file in it",
  });
}

/** Paths of all files below a folder, relative to it and with `/`. Skips hidden files. */
export async function* listFolder(path: string, followLinks: boolean): AsyncGenerator<string> {
  const folders = [""];
  try {
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      // Read in pieces: for a folder with a million files, the entries and promises would fill the
      // memory.
      for await (const entry of await opendir(join(path, folder), { bufferSize: 256 })) {
        if (entry.name.startsWith(".")) continue;
        if (entry.isDirectory()) folders.push(posix.join(folder, entry.name));
        else if (followLinks || entry.isFile()) yield posix.join(folder, entry.name);
      }
    }
  } catch (cause) {
    throw fileFailure(cause, path, "read");
  }
}

/** Whether there is a folder at the path; false for anything that cannot be looked at. */
export async function isFolder(path: string): Promise<boolean> {
  if (path === standardStream) return false;
  try {
    return (await stat(path)).isDirectory();
  } catch (cause) {
    if (systemCodeOf(cause) === undefined) throw cause;
    return false;
  }
}

async function beginningOf(path: string): Promise<string> {
  const { beginning, close } = await peek(readText(path));
  await close();
  return beginning;
}

interface Peeked {
  /**
   * Enough to recognise a format: a complete line that is not empty, the first part of a long line,
   * or the whole file.
   */
  readonly beginning: string;
  /** The whole text, with its beginning. */
  readonly chunks: AsyncIterable<string>;
  /** Closes the file, of which any part has been read. */
  readonly close: () => Promise<unknown>;
}

async function peek(text: AsyncGenerator<string>): Promise<Peeked> {
  const taken: string[] = [];
  let units = 0;
  let lineEnds = false;
  while (!lineEnds && units < longestBeginning) {
    const next = await text.next();
    if (next.done === true) break;
    taken.push(next.value);
    units += next.value.length;
    // One line may be a whole corpus; joining only after a line end keeps this linear.
    lineEnds = next.value.includes("\n") && /\S[^\n]*\n/.test(taken.join(""));
  }
  // Ending a generator that has not begun would end nothing else, and leave the file open.
  return { beginning: taken.join(""), chunks: replay(taken, text), close: async () => text.return(undefined) };
}

const longestBeginning = 1 << 21;

async function* replay(taken: string[], rest: AsyncGenerator<string>): AsyncGenerator<string> {
  for (let piece = taken.shift(); piece !== undefined; piece = taken.shift()) yield piece;
  yield* rest;
}
