import { realpathSync } from "node:fs";
import { mkdir, rm, stat } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import type { Document, Omission } from "@weft-nlp/core";
import {
  type SplitOptions,
  type SplitPart,
  type SplitPlan,
  SplitPlanner,
  type SplitShares,
  splitParts,
} from "@weft-nlp/core/corpus";
import type { OutputFormat } from "@weft-nlp/core/formats";
import { FileError, UsageError } from "../errors.ts";
import { fileFailure, systemCodeOf } from "./file-failure.ts";
import { type ReadDocumentsOptions, readDocuments } from "./read-documents.ts";
import { standardStream } from "./read-text.ts";
import { renameFile } from "./rename-file.ts";
import { temporaryName } from "./temporary-files.ts";
import { writeDocuments } from "./write-documents.ts";
import { makeFolder } from "./write-file.ts";

export interface SplitCorpusOptions {
  readonly shares: SplitShares;
  readonly seed: number;
  readonly format: OutputFormat;
  /** See `SplitOptions`. */
  readonly sharedFrom?: number | undefined;
  /** See `SplitOptions`. */
  readonly shared?: SplitOptions["shared"];
  /** Replaces existing files. A folder is never replaced. */
  readonly force?: boolean | undefined;
  readonly reading: ReadDocumentsOptions;
  readonly onOmission: (omission: Omission) => void;
}

export interface SplitCorpus {
  readonly plan: SplitPlan;
  /** The files or folders written; a part without a share has none. */
  readonly paths: Readonly<Partial<Record<SplitPart, string>>>;
}

/**
 * Divides a corpus into `train`, `dev` and `test` in a folder: `train.jsonl` and so on, or folders
 * if the format has several files. Reads a file once to plan and once per part, so it never has to
 * fit in memory; a pipe is kept in memory. Several inputs are divided as one corpus.
 *
 * Writes the parts next to the folder and moves them there together when all are complete.
 *
 * @throws {FileError} OUTPUT_EXISTS if a part already exists
 */
export async function splitCorpus(
  input: string | readonly string[],
  folder: string,
  options: SplitCorpusOptions,
): Promise<SplitCorpus> {
  const inputs = typeof input === "string" ? [input] : input;
  const { shares, seed, format, reading, onOmission } = options;
  const parts = splitParts.filter((part) => shares[part] > 0);
  const names = new Map(parts.map((part) => [part, nameOf(part, format)]));
  await refuseExisting(inputs, folder, [...names.values()], options);
  const piped = new Map<string, readonly Document[]>();
  if (inputs.includes(standardStream)) piped.set(standardStream, await collect(standardStream, reading, onOmission));
  const planner = new SplitPlanner(options);
  for (const input of inputs) {
    for await (const document of piped.get(input) ?? stream(input, reading, onOmission)) planner.add(document, input);
  }
  const plan = planner.plan(shares, seed);
  const staging = temporaryName(folder);
  try {
    await makeFolder(staging);
    for (const [part, name] of names) {
      const source = inOrder(inputs, piped, reading);
      await writePart(join(staging, name), part, format, partOf(source, plan, part), onOmission);
    }
    await makeFolder(folder);
    for (const name of names.values()) await renameFile(join(staging, name), join(folder, name));
  } catch (cause) {
    throw fileFailure(cause, folder, "write");
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  return { plan, paths: Object.fromEntries([...names].map(([part, name]) => [part, join(folder, name)])) };
}

/**
 * A format with companion files needs a folder per part, since their names are the same for all
 * parts.
 */
function nameOf(part: SplitPart, format: OutputFormat): string {
  return needsFolder(format) ? part : `${part}${format.extensions[0] ?? ""}`;
}

function needsFolder({ layout, companions }: OutputFormat): boolean {
  return layout === "folder" || companions !== undefined;
}

async function writePart(
  path: string,
  part: SplitPart,
  format: OutputFormat,
  documents: AsyncIterable<Document>,
  onOmission: (omission: Omission) => void,
): Promise<void> {
  if (format.layout === "folder" || !needsFolder(format)) return writeDocuments(path, format, documents, onOmission);
  await mkdir(path);
  await writeDocuments(join(path, `${part}${format.extensions[0] ?? ""}`), format, documents, onOmission);
}

async function* inOrder(
  inputs: readonly string[],
  piped: ReadonlyMap<string, readonly Document[]>,
  reading: ReadDocumentsOptions,
): AsyncGenerator<Document> {
  for (const input of inputs) yield* piped.get(input) ?? stream(input, reading, () => undefined);
}

async function* partOf(documents: AsyncIterable<Document>, { parts }: SplitPlan, part: SplitPart): AsyncGenerator<Document> {
  let index = 0;
  for await (const document of documents) if (parts[index++] === part) yield document;
}

async function* stream(
  input: string,
  options: ReadDocumentsOptions,
  onOmission: (omission: Omission) => void,
): AsyncGenerator<Document> {
  for await (const event of readDocuments(input, options)) {
    if (event.kind === "omission") onOmission(event.omission);
    else yield event.document;
  }
}

async function collect(
  input: string,
  options: ReadDocumentsOptions,
  onOmission: (omission: Omission) => void,
): Promise<Document[]> {
  const documents: Document[] = [];
  for await (const document of stream(input, options, onOmission)) documents.push(document);
  return documents;
}

async function refuseExisting(
  inputs: readonly string[],
  folder: string,
  names: readonly string[],
  { force = false }: SplitCorpusOptions,
): Promise<void> {
  const sources = inputs.filter((input) => input !== standardStream).map((input) => ({ input, source: whereIs(input) }));
  const target = whereIs(folder);
  const around = sources.find(({ source }) => target === source || target.startsWith(`${source}${sep}`));
  if (around !== undefined)
    throw new UsageError(`the parts would be inside the input ${around.input}`, "name another folder with --out");
  for (const name of names) {
    const path = join(folder, name);
    if (sources.some(({ source }) => whereIs(path) === source))
      throw new UsageError(`${path} is the input, and files are never changed in place`, "name another folder with --out");
    const kind = await kindOf(path);
    if (kind === undefined || (force && kind === "file")) continue;
    throw new FileError("OUTPUT_EXISTS", {
      at: { source: path },
      message: kind === "file" ? "the file already exists" : "the folder already exists, and a folder is never replaced",
      hint: kind === "file" ? "name another folder, or replace it with --force" : "name another folder, or remove this one",
    });
  }
}

/** The real path if it exists, with links resolved. */
function whereIs(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

async function kindOf(path: string): Promise<"file" | "folder" | undefined> {
  try {
    return (await stat(path)).isDirectory() ? "folder" : "file";
  } catch (cause) {
    if (systemCodeOf(cause) === "ENOENT") return undefined;
    throw fileFailure(cause, path, "write");
  }
}
