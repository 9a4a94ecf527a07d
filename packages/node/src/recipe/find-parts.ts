import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { roleOf } from "@weft-nlp/core/corpus";
import { inputFormats } from "@weft-nlp/core/formats";
import { UsageError } from "../errors.ts";
import { fileFailure } from "../files/file-failure.ts";
import { isFolderDocument } from "../files/open-documents.ts";
import { standardStream } from "../files/read-text.ts";

/** The files and folders of each part of a data set. Without dev, it is taken from train. */
export interface DataParts {
  readonly train: readonly string[];
  readonly dev: readonly string[];
  readonly test: readonly string[];
}

/**
 * Sorts files and folders into train, dev and test by their names. What has no such name is train.
 * A folder stands for the parts in it, else for its documents, else for its data files.
 *
 * @throws {FileError} if a path cannot be read
 * @throws {UsageError} if nothing is left to train on, or standard input is named
 */
export async function findParts(paths: readonly string[]): Promise<DataParts> {
  if (paths.includes(standardStream)) {
    throw new UsageError("data is read more than once, so it cannot come from standard input", "write it into a file first");
  }
  const found = (await Promise.all(paths.map(expand))).flat();
  const roles = found.map((path) => ({ path, role: found.length === 1 ? "train" : (roleOf(path) ?? "train") }));
  const of = (part: string): string[] => roles.flatMap(({ path, role }) => (role === part ? [path] : []));
  const parts = { train: of("train"), dev: of("dev"), test: of("test") };
  if (parts.train.length > 0) return parts;
  throw new UsageError(
    `there is no file to train on: ${found.join(", ")} are named like dev or test`,
    "name the training data too, or rename the files",
  );
}

async function expand(path: string): Promise<string[]> {
  const found = await stat(path).catch((cause: unknown) => {
    throw fileFailure(cause, path, "read");
  });
  if (!found.isDirectory()) return [path];
  const entries = (await readdir(path, { withFileTypes: true })).filter(({ name }) => !name.startsWith("."));
  const usable = entries.filter((entry) => entry.isDirectory() || isDataFile(entry.name)).map(({ name }) => name);
  const named = usable.filter((name) => roleOf(name) !== undefined);
  const roles = named.map((name) => roleOf(name));
  if (roles.includes("train") && new Set(roles).size === roles.length && roles.length > 1) {
    return named.toSorted().map((name) => join(path, name));
  }
  const files = entries.flatMap((entry) => (entry.isDirectory() ? [] : [entry.name]));
  for (const name of files) if (await isFolderDocument(join(path, name))) return [path];
  const data = files.filter(isDataFile).toSorted();
  return data.length === 0 ? [path] : data.map((name) => join(path, name));
}

/** Whether a file has an ending of the formats that have one file for many documents. */
function isDataFile(name: string): boolean {
  const plain = name.toLowerCase().replace(/\.gz$/, "");
  const fits = [...inputFormats].some(
    ({ layout, extensions }) => layout !== "folder" && extensions.some((ending) => plain.endsWith(ending)),
  );
  return fits && !/^(package|tsconfig)\b.*\.json$/.test(name);
}
