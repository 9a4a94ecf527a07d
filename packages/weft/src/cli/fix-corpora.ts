import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import type { Document } from "@weft-nlp/core";
import { type CheckedFile, type FixCounts, fixDocument, type LabelKind, type Renaming } from "@weft-nlp/core/corpus";
import { jsonl, type OutputFormat, outputFormats } from "@weft-nlp/core/formats";
import { didYouMean } from "@weft-nlp/core/text";
import { FileError, UsageError } from "@weft-nlp/node/errors";
import {
  makeFolder,
  openDocuments,
  type ReadDocumentsOptions,
  readDocuments,
  standardStream,
  writeDocuments,
} from "@weft-nlp/node/files";

/** The corrections in one file. */
export interface FixedFile {
  readonly input: string;
  readonly output: string;
  readonly fixes: FixCounts & { readonly movedSpans: number };
  /** Annotations that reading or writing the format could not carry over. */
  readonly omitted: number;
}

/**
 * Writes corrected copies of files in their own formats: corrects everything that needs no
 * judgement, and renames types as requested.
 *
 * @param output a path that does not exist yet: a file, or a folder for several files or a format
 *   that is a folder
 * @throws {FileError} OUTPUT_EXISTS
 */
export async function fixCorpora(
  paths: readonly string[],
  output: string,
  renamings: readonly Renaming[],
  options: ReadDocumentsOptions,
): Promise<FixedFile[]> {
  if (paths.includes(standardStream)) throw new UsageError("--fix reads its files twice", "name a file instead of -");
  if (existsSync(output)) throw alreadyThere(output);
  if (paths.length > 1) await makeFolder(output);
  const fixed: FixedFile[] = [];
  for (const input of paths) {
    const format = await outputFormatOf(input, options);
    const target = paths.length === 1 ? output : await targetIn(output, input, format);
    fixed.push(await fixCorpus(input, target, format, renamings, options));
  }
  return fixed;
}

/**
 * A file with companions gets its own folder, since companions have the same names for every file.
 */
async function targetIn(folder: string, input: string, format: OutputFormat): Promise<string> {
  const name = basename(input);
  if (format.layout === "folder" || format.companions === undefined) {
    if (existsSync(join(folder, name))) throw alreadyThere(join(folder, name));
    return join(folder, name);
  }
  const own = join(folder, name.replace(/\.gz$/i, "").replace(/(.)\.[^.]*$/, "$1"));
  if (existsSync(own)) throw alreadyThere(own);
  await makeFolder(own);
  return join(own, name);
}

async function fixCorpus(
  input: string,
  output: string,
  format: OutputFormat,
  renamings: readonly Renaming[],
  options: ReadDocumentsOptions,
): Promise<FixedFile> {
  const fixes = { repeatedEntities: 0, repeatedRelations: 0, renamedEntities: 0, renamedRelations: 0, movedSpans: 0 };
  let omitted = 0;
  await writeDocuments(output, format, corrected(), () => void omitted++);
  return { input, output, fixes, omitted };

  async function* corrected(): AsyncGenerator<Document> {
    for await (const event of readDocuments(input, options)) {
      if (event.kind === "omission") {
        if (event.omission.kind === "misaligned") fixes.movedSpans++;
        else omitted++;
        continue;
      }
      const { document, fixes: done } = fixDocument(event.document, renamings);
      for (const name of Object.keys(done) as (keyof FixCounts)[]) fixes[name] += done[name];
      yield document;
    }
  }
}

/** The format of a file, or Weft's own if that format can only be read. */
async function outputFormatOf(path: string, options: ReadDocumentsOptions): Promise<OutputFormat> {
  for await (const { format } of openDocuments(path, options)) return outputFormats.find(format.name) ?? jsonl;
  throw new RangeError("expected at least one file");
}

/**
 * Parses the values of `--rename`: `from=to`, or for one kind of type only, `entity:from=to` and
 * `relation:from=to`.
 *
 * @param files in which the names must occur
 * @throws {UsageError} if a value is malformed or names a type that does not occur
 */
export function parseRenamings(given: readonly string[], files: readonly CheckedFile[]): Renaming[] {
  return given.map((text) => {
    const [, kind, from = "", to = ""] = /^(?:(entity|relation):)?([^=]+)=([^=]+)$/.exec(text) ?? [];
    if (from === "" || to.trim() === "")
      throw new UsageError(`--rename takes from=to, found ${JSON.stringify(text)}`, "for one kind only: relation:from=to");
    const of = kind as LabelKind | undefined;
    const names = namesIn(files, of);
    if (!names.has(from)) {
      const problem = `no ${of === undefined ? "type" : `${of} type`} is called ${JSON.stringify(from)}`;
      throw new UsageError(problem, didYouMean(from, names) ?? "names are case-sensitive");
    }
    return { of, from, to: to.trim() };
  });
}

function namesIn(files: readonly CheckedFile[], kind: LabelKind | undefined): Set<string> {
  const names = new Set<string>();
  for (const { sentences } of files) {
    for (const { sentence } of sentences) {
      if (kind !== "relation") for (const { type } of sentence.entities) if (type !== null) names.add(type);
      if (kind !== "entity") for (const { type } of sentence.relations) names.add(type);
    }
  }
  return names;
}

function alreadyThere(path: string): FileError {
  return new FileError("OUTPUT_EXISTS", {
    at: { source: path },
    message: "this path already exists, and Weft does not overwrite it",
    hint: "name a new file or folder",
  });
}
