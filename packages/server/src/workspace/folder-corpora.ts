import { stat } from "node:fs/promises";
import { join } from "node:path";
import { type InputFormat, inputFormats } from "@weft-nlp/core/formats";
import type { ListedFolder } from "./list-folder.ts";

/**
 * A folder whose files form one corpus, as in brat. Paths are relative to the root of the listing.
 */
export interface FolderCorpus {
  /** One file a document. */
  readonly main: readonly string[];
  /** The files that belong to them. */
  readonly companions: readonly string[];
}

/**
 * The corpus folders of a listing, by path: those that hold a main file of a folder format.
 * Everything below such a folder belongs to it, as on the command line.
 */
export function folderCorpora(folders: readonly ListedFolder[]): ReadonlyMap<string, FolderCorpus> {
  const corpora = new Map<string, { main: string[]; companions: string[] }>();
  for (const { path, files } of folders) {
    const above = [...corpora.keys()].find((known) => known === "" || `${path}/`.startsWith(`${known}/`));
    const corpus = above === undefined ? { main: [], companions: [] } : corpora.get(above);
    for (const file of files) {
      const inside = path === "" ? file : `${path}/${file}`;
      if (isMain(file)) corpus?.main.push(inside);
      else if (isCompanion(file)) corpus?.companions.push(inside);
    }
    if (above === undefined && corpus !== undefined && corpus.main.length > 0) corpora.set(path, corpus);
  }
  return corpora;
}

/** The state of a corpus; if it differs, the corpus must be read again. */
export async function folderState(
  root: string,
  { main, companions }: FolderCorpus,
): Promise<{ documents: number; bytes: number; modified: Date }> {
  let [bytes, modified] = [0, 0];
  const files = [...main, ...companions];
  for (let from = 0; from < files.length; from += filesAtOnce) {
    const states = await Promise.all(
      files.slice(from, from + filesAtOnce).map(async (file) => stat(join(root, file)).catch(() => undefined)),
    );
    for (const state of states) {
      bytes += state?.size ?? 0;
      modified = Math.max(modified, state?.mtimeMs ?? 0);
    }
  }
  return { documents: main.length, bytes, modified: new Date(modified) };
}

const filesAtOnce = 64;
const all: readonly InputFormat[] = [...inputFormats];
/** Files with a common ending are listed one by one: only their content says what they are. */
const formats = all.filter(({ layout, commonEnding }) => layout === "folder" && !commonEnding);

function isMain(file: string): boolean {
  return formats.some(({ extensions }) => extensions.some((ending) => file.endsWith(ending)));
}

/** A companion is given by its extension, or by its full name if all documents share it. */
function isCompanion(file: string): boolean {
  return formats.some(({ companions = [] }) =>
    companions.some((name) => (name.startsWith(".") ? file.replace(/\.gz$/, "").endsWith(name) : file === name)),
  );
}
